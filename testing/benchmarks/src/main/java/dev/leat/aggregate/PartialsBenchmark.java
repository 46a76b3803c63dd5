package dev.leat.aggregate;

import com.google.common.collect.ImmutableMap;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.testing.benchmarks.loops.FlightEvents;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Events are added up by hour and origin, their payloads read. It lies in the sums' package. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PartialsBenchmark {
  private static final long HOUR = 3_600_000L;

  private final List<Event> events = FlightEvents.events();
  private final PayloadReader reader = PayloadReader.plain();
  private final Aggregation aggregation =
      Aggregation.of(
          ImmutableMap.of("origin", FieldRef.parse("/origin")),
          ImmutableMap.of(
              "flights", Measure.count(),
              "delay", Measure.sum("/delay"),
              "distance", Measure.sum("/distance"),
              "worst", Measure.max("/delay")));

  @Benchmark
  @OperationsPerInvocation(FlightEvents.COUNT)
  public int add() {
    GroupTable groups = new GroupTable(aggregation);
    ByteWriter contribution = new ByteWriter();
    for (Event event : events) {
      EventView view = new EventView(event, reader);
      long time = event.time().toEpochMilli();
      long hour = time - Math.floorMod(time, HOUR);
      contribution.clear();
      aggregation.writeContribution(view, contribution);
      groups.merge(hour, hour + HOUR, new ByteReader(contribution.array(), 0, contribution.size()));
    }
    return groups.size();
  }
}
