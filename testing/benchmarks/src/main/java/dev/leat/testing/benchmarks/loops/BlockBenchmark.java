package dev.leat.testing.benchmarks.loops;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import java.util.ArrayList;
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

/** Events become blocks, and blocks events. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BlockBenchmark {
  private final List<Event> events = FlightEvents.events();
  private final List<EventBlock> blocks = blocks();

  @Benchmark
  @OperationsPerInvocation(FlightEvents.COUNT)
  public void write(Blackhole hole) {
    hole.consume(blocks());
  }

  @Benchmark
  @OperationsPerInvocation(FlightEvents.COUNT)
  public void read(Blackhole hole) {
    for (EventBlock block : blocks) {
      for (Event event : block) {
        hole.consume(event);
      }
    }
  }

  private List<EventBlock> blocks() {
    List<EventBlock> built = new ArrayList<>();
    EventBlock.Builder builder = new EventBlock.Builder();
    for (Event event : events) {
      builder.add(event);
      if (builder.isFull()) {
        built.add(builder.build());
      }
    }
    if (!builder.isEmpty()) {
      built.add(builder.build());
    }
    return built;
  }
}
