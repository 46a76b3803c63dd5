package dev.leat.window;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.stamped;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.testing.fixtures.Equivalence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.Rule;
import org.junit.Test;

public class SplitLateTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final WindowSpec MINUTES =
      WindowSpec.fixed(Duration.ofMinutes(1)).withAllowedLateness(Duration.ofMinutes(2));

  @Test
  public void passesEventsUntilTheirWindowAndItsLatenessHavePassed() {
    OnTime<Event> split = split(MINUTES, at(60 + 120).minus(1), event("a", 0), event("b", 59));

    PAssert.that(split.output()).containsInAnyOrder(event("a", 0), event("b", 59));
    PAssert.that(split.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void givesEventsOfClosedWindowsAsLate() {
    OnTime<Event> split =
        split(MINUTES, at(60 + 120), event("a", 0), event("b", 59), event("c", 60));

    PAssert.that(split.output()).containsInAnyOrder(event("c", 60));
    PAssert.that(split.late()).containsInAnyOrder(event("a", 0), event("b", 59));
    assertThat(Counted.in(pipeline.run()), is(Map.of("late", 2L)));
  }

  @Test
  public void givesEventsAsLateOnceTheFirstOfTheirSlidingWindowsIsClosed() {
    // At 13:00 windows of two minutes begin every minute.
    WindowSpec sliding = WindowSpec.sliding(Duration.ofMinutes(2), Duration.ofMinutes(1));

    OnTime<Event> split =
        split(sliding, at(60), event("a", -1), event("b", 0), event("c", 59), event("d", 60));

    PAssert.that(split.output()).containsInAnyOrder(event("d", 60));
    PAssert.that(split.late()).containsInAnyOrder(event("a", -1), event("b", 0), event("c", 59));
    pipeline.run();
  }

  @Test
  public void givesEventsAsLateOnceTheirOwnSessionIsClosed() {
    WindowSpec sessions =
        WindowSpec.session(Duration.ofSeconds(20)).withAllowedLateness(Duration.ofSeconds(5));

    OnTime<Event> split = split(sessions, at(100), event("a", 75), event("b", 76));

    PAssert.that(split.output()).containsInAnyOrder(event("b", 76));
    PAssert.that(split.late()).containsInAnyOrder(event("a", 75));
    pipeline.run();
  }

  @Test
  public void givesTheSameOnBlocksEachAtItsEarliestEvent() {
    EventBlock block =
        EventBlock.of(List.of(event("b", 70), event("a", 1), event("a", 0), event("b", 80)));
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .advanceWatermarkTo(at(60 + 120))
            // A step before may have left out an earlier event.
            .addElements(TimestampedValue.of(block, at(-1)))
            .advanceWatermarkToInfinity();

    OnTime<EventBlock> split = pipeline.apply(stream).apply(SplitLate.by(MINUTES).onBlocks());

    PAssert.that(told(split.output())).containsInAnyOrder("b " + at(70), "b " + at(70));
    PAssert.that(told(split.late())).containsInAnyOrder("a " + at(0), "a " + at(0));
    assertThat(Counted.in(pipeline.run()), is(Map.of("late", 2L)));
  }

  @Test
  public void passesBoundedInputAsItIs() {
    PCollection<Event> events =
        pipeline.apply(Create.timestamped(stamped(List.of(event("a", 1_000_000), event("b", 0)))));
    PCollection<EventBlock> blocks =
        pipeline.apply("Blocks", Create.of(List.of(EventBlock.of(List.of(event("a", 0))))));

    OnTime<Event> split = events.apply(SplitLate.by(MINUTES));
    OnTime<EventBlock> splitBlocks = blocks.apply(SplitLate.by(MINUTES).onBlocks());

    assertThat(split.output(), is(sameInstance(events)));
    assertThat(splitBlocks.output(), is(sameInstance(blocks)));
    PAssert.that(split.late()).empty();
    PAssert.that(splitBlocks.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void passesAllInAnyOrderOfArrivalWithinAllowedLateness() {
    Random random = new Random(3);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      events.add(event("e" + i, random.nextInt(1000)));
    }

    Equivalence.of(stamped(events), EventCoder.of())
        .arrivals(Seeds.orElse(8))
        .disorder(org.joda.time.Duration.standardMinutes(2))
        .lateness(org.joda.time.Duration.standardMinutes(2))
        .through(new InTimeAndLate())
        .check();
  }

  @Test
  public void refusesToComeAfterWindows() {
    PCollection<Event> windowed =
        pipeline.apply(Create.of(event("a", 0))).apply(Windows.of(MINUTES));

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> windowed.apply(SplitLate.by(MINUTES)));

    assertThat(
        refusal.getMessage(), is("SplitLate: expected to come before windows, got FixedWindows"));
    pipeline.enableAbandonedNodeEnforcement(false);
  }

  private OnTime<Event> split(WindowSpec windows, Instant watermark, Event... events) {
    TestStream.Builder<Event> stream =
        TestStream.create(EventCoder.of()).advanceWatermarkTo(watermark);
    for (TimestampedValue<Event> event : stamped(List.of(events))) {
      stream = stream.addElements(event);
    }
    return pipeline.apply(stream.advanceWatermarkToInfinity()).apply(SplitLate.by(windows));
  }

  /** Each event with the timestamp of its block. */
  private static PCollection<String> told(PCollection<EventBlock> blocks) {
    return blocks
        .apply("Times of " + blocks.getName(), Reify.timestamps())
        .apply(
            "Told " + blocks.getName(),
            org.apache.beam.sdk.transforms.FlatMapElements.into(TypeDescriptors.strings())
                .via(
                    block -> {
                      List<String> told = new ArrayList<>();
                      block
                          .getValue()
                          .forEach(event -> told.add(event.id() + " " + block.getTimestamp()));
                      return told;
                    }));
  }

  private static Event event(String id, long second) {
    return dev.leat.SampleEvents.event(id, second, "{}");
  }

  private static final class InTimeAndLate
      extends PTransform<PCollection<Event>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Event> events) {
      OnTime<Event> split = events.apply(SplitLate.by(MINUTES));
      return PCollectionList.of(
              split
                  .output()
                  .apply(
                      "In time", MapElements.into(TypeDescriptors.strings()).via(Event::toString)))
          .and(
              split
                  .late()
                  .apply(
                      "Late",
                      MapElements.into(TypeDescriptors.strings()).via(event -> "late " + event)))
          .apply(Flatten.pCollections());
    }
  }
}
