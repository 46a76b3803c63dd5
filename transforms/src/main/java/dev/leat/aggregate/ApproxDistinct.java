package dev.leat.aggregate;

import com.google.common.hash.Hashing;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.nio.charset.StandardCharsets;
import net.agkn.hll.HLL;
import net.agkn.hll.HLLType;

/**
 * The number of different texts, by HyperLogLog. Its registers are maxima, and its explicit and
 * sparse beginnings are sets, so the result depends on the values alone. (HIP estimators, as
 * DataSketches has them, depend on the order of arrival.)
 */
final class ApproxDistinct implements Accumulator {
  private static final int LOG2_REGISTERS = 14;
  private static final int REGISTER_BITS = 5;
  private static final int EXPLICIT_AUTOMATIC = -1;

  private final HLL sketch =
      new HLL(LOG2_REGISTERS, REGISTER_BITS, EXPLICIT_AUTOMATIC, true, HLLType.EMPTY);

  @Override
  public void add(Object input) {
    sketch.addRaw(
        Hashing.murmur3_128().hashString((String) input, StandardCharsets.UTF_8).asLong());
  }

  @Override
  public void write(ByteWriter out) {
    out.writeBytes(sketch.toBytes());
  }

  @Override
  public void merge(ByteReader in) {
    sketch.union(HLL.fromBytes(in.readBytes()));
  }

  @Override
  public Object result() {
    return sketch.cardinality();
  }
}
