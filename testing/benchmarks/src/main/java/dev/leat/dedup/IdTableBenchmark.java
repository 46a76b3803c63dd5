package dev.leat.dedup;

import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A million ids into an empty table, and the same ids once more. It lies in the table's package.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IdTableBenchmark {
  private static final int IDS = 1_000_000;

  private final long[] ids = new long[2 * IDS];

  public IdTableBenchmark() {
    for (int i = 0; i < IDS; i++) {
      ByteBuffer hash = ByteBuffer.wrap(Hashing.murmur3_128().hashInt(i).asBytes());
      ids[2 * i] = hash.getLong();
      ids[2 * i + 1] = hash.getLong();
    }
  }

  @Benchmark
  @OperationsPerInvocation(2 * IDS)
  public int put() {
    IdTable table = new IdTable();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < IDS; i++) {
        table.putIfAbsent(ids[2 * i], ids[2 * i + 1], i);
      }
    }
    return table.size();
  }
}
