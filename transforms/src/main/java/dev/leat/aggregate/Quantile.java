package dev.leat.aggregate;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.FieldRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A quantile by DDSketch. Its buckets are counts at places fixed by the value alone and none are
 * collapsed, so the result depends on the values alone. The quantile is by nearest rank, as SQL's
 * {@code percentile_disc}: of two values the 95th percentile is the larger.
 */
final class Quantile implements Accumulator {
  private static final double RELATIVE_ACCURACY = 0.01;
  private static final double LARGEST = 1e300;

  private final double fraction;
  private final DDSketch sketch = DDSketches.unboundedDense(RELATIVE_ACCURACY);

  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  Quantile(double fraction) {
    this.fraction = fraction;
  }

  static @Nullable Double input(@Nullable BigDecimal number, FieldRef field) {
    if (number == null) {
      return null;
    }
    double value = number.doubleValue();
    if (Math.abs(value) > LARGEST) {
      throw new RejectedException(
          Reason.INVALID_VALUE, field + ": expected a number of at most 1e300 for a quantile");
    }
    return value;
  }

  @Override
  public void add(Object input) {
    double value = (Double) input;
    sketch.accept(value);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }

  @Override
  public void write(ByteWriter out) {
    GrowingByteArrayOutput bytes = GrowingByteArrayOutput.withDefaultInitialCapacity();
    try {
      sketch.encode(bytes, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.writeFixed64(Double.doubleToRawLongBits(min));
    out.writeFixed64(Double.doubleToRawLongBits(max));
    out.writeBytes(bytes.trimmedCopy());
  }

  @Override
  public void merge(ByteReader in) {
    min = Math.min(min, Double.longBitsToDouble(in.readFixed64()));
    max = Math.max(max, Double.longBitsToDouble(in.readFixed64()));
    try {
      sketch.decodeAndMergeWith(ByteArrayInput.wrap(in.readBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public @Nullable Object result() {
    if (sketch.isEmpty()) {
      return null;
    }
    long count = (long) sketch.getCount();
    long index =
        BigDecimal.valueOf(fraction)
            .multiply(BigDecimal.valueOf(count))
            .setScale(0, RoundingMode.CEILING)
            .subtract(BigDecimal.ONE)
            .max(BigDecimal.ZERO)
            .longValueExact();
    // The sketch takes a fraction of (count - 1), rounded down: half a place on is safe from
    // rounding.
    double value = sketch.getValueAtQuantile(Math.min(1, (index + 0.5) / Math.max(1, count - 1)));
    // A bucket stands for values around it; no quantile is beyond the values themselves.
    return Math.max(min, Math.min(max, value));
  }
}
