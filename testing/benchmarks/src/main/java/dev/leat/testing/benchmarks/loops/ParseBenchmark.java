package dev.leat.testing.benchmarks.loops;

import dev.leat.ingest.EventMapper;
import dev.leat.ingest.RawRecord;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A line becomes an event. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParseBenchmark {
  private final List<RawRecord> records = FlightEvents.records();
  private final EventMapper mapper = new EventMapper(FlightEvents.MAPPING);

  @Benchmark
  @OperationsPerInvocation(FlightEvents.COUNT)
  public void parse(Blackhole hole) {
    for (RawRecord record : records) {
      hole.consume(mapper.map(record, FlightEvents.NOW));
    }
  }
}
