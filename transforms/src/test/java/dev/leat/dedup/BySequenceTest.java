package dev.leat.dedup;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.stamped;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.testing.fixtures.Equivalence;
import dev.leat.window.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class BySequenceTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final BySequence BY_SEQUENCE =
      DropDuplicates.bySequence().reportAfter(Duration.ofSeconds(100));
  private static final Event WITHOUT =
      dev.leat.SampleEvents.event("without", 0, "{}").toBuilder().source("a").build();

  @Test
  public void keepsOneEventOfEachNumberAndTellsWhatIsMissing() {
    Sequenced<Event> out =
        pipeline
            .apply(
                Create.timestamped(
                    stamped(
                        List.of(
                            event("a", 1), event("a", 4), event("a", 1), event("b", 4), WITHOUT))))
            .apply(BY_SEQUENCE);

    PAssert.that(out.output()).containsInAnyOrder(event("a", 1), event("a", 4), event("b", 4));
    PAssert.that(out.gaps()).containsInAnyOrder(SequenceGap.of("a", 2, 3));
    PAssert.that(told(out.deadLetters()))
        .containsInAnyOrder(
            "missing-field|sequence: the sequence is missing|sequence|{}|file:///a 3:7");
    assertThat(
        Counted.in(pipeline.run()), is(Map.of("repeats", 1L, "gaps", 1L, "dead_letters", 1L)));
  }

  @Test
  public void givesTheSameOnBlocks() {
    List<PCollection<DeadLetter>> rejected = new ArrayList<>();
    Sequenced<EventBlock> out =
        pipeline
            .apply(
                Create.of(
                    List.of(
                        EventBlock.of(List.of(event("a", 1), event("b", 7), event("a", 4))),
                        EventBlock.of(List.of(event("a", 4), event("b", 8), WITHOUT)))))
            .apply(BY_SEQUENCE.onBlocks());

    PAssert.that(
            out.failuresTo(rejected)
                .apply(FlatMapElements.into(TypeDescriptor.of(Event.class)).via(block -> block)))
        .containsInAnyOrder(event("a", 1), event("a", 4), event("b", 7), event("b", 8));
    PAssert.that(out.gaps()).containsInAnyOrder(SequenceGap.of("a", 2, 3));
    assertThat(rejected.size(), is(1));
    assertThat(
        Counted.in(pipeline.run()), is(Map.of("repeats", 1L, "gaps", 1L, "dead_letters", 1L)));
  }

  @Test
  public void reportsAGapOnceTheWatermarkHasPassedItByAsLongAsAsked() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(stamp(event("a", 1)), stamp(event("a", 5)))
            .advanceWatermarkTo(at(104))
            // Just in time, so that only 2, 3 are missing then.
            .addElements(stamp(event("a", 4)))
            .advanceWatermarkTo(at(106))
            // Too late not to be reported, and kept all the same; once more it is a repeat.
            .addElements(stamp(event("a", 3)), stamp(event("a", 3)), stamp(WITHOUT))
            .addElements(stamp(event("a", 8)))
            .advanceWatermarkToInfinity();

    Sequenced<Event> out = pipeline.apply(stream).apply(BY_SEQUENCE);

    PAssert.that(out.output())
        .containsInAnyOrder(
            event("a", 1), event("a", 5), event("a", 4), event("a", 3), event("a", 8));
    PAssert.that(out.gaps())
        .containsInAnyOrder(SequenceGap.of("a", 2, 3), SequenceGap.of("a", 6, 7));
    PAssert.that(told(out.deadLetters()))
        .containsInAnyOrder(
            "missing-field|sequence: the sequence is missing|sequence|{}|file:///a 3:7");
    assertThat(
        Counted.in(pipeline.run()), is(Map.of("repeats", 1L, "gaps", 2L, "dead_letters", 1L)));
  }

  @Test
  public void reportsNothingThatComesInTime() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamp(event("a", 9)), stamp(event("a", 1)), stamp(event("a", 5)))
            .advanceWatermarkTo(at(50))
            .addElements(stamp(event("a", 2)), stamp(event("a", 3)), stamp(event("a", 4)))
            .addElements(stamp(event("a", 8)), stamp(event("a", 7)), stamp(event("a", 6)))
            .advanceWatermarkToInfinity();

    Sequenced<Event> out = pipeline.apply(stream).apply(BY_SEQUENCE);

    PAssert.that(out.gaps()).empty();
    PAssert.that(out.deadLetters()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void givesTheSameInAnyOrderOfArrivalWithRepeatsAndGaps() {
    List<TimestampedValue<Event>> events = new ArrayList<>();
    for (int number = 0; number < 60; number++) {
      if (number % 7 != 3) {
        events.add(stamp(event(number % 2 == 0 ? "even" : "odd", number)));
      }
    }

    Equivalence.of(events, EventCoder.of())
        .arrivals(Seeds.orElse(10))
        .repeats(0.3)
        .disorder(org.joda.time.Duration.standardSeconds(60))
        .lateness(org.joda.time.Duration.standardSeconds(60))
        .through(new KeptAndGaps())
        .check();
  }

  @Test
  public void refusesToComeAfterWindows() {
    PCollection<Event> windowed =
        pipeline.apply(Create.of(event("a", 0))).apply(Windows.fixed(Duration.ofMinutes(1)));

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> windowed.apply(BY_SEQUENCE));

    assertThat(
        refusal.getMessage(),
        is("DropDuplicates: expected to come before windows, got FixedWindows"));
    pipeline.enableAbandonedNodeEnforcement(false);
  }

  @Test
  public void refusesOtherWaits() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> DropDuplicates.bySequence().reportAfter(Duration.ofMillis(5)));

    assertThat(refusal.getMessage(), is("reportAfter: expected 1s to 30d, got 5ms"));
  }

  /** An event whose time is its number in seconds. */
  private static Event event(String source, long number) {
    return dev.leat.SampleEvents.event(source + number, number, "{}").toBuilder()
        .source(source)
        .sequence(number)
        .build();
  }

  private static TimestampedValue<Event> stamp(Event event) {
    return TimestampedValue.of(event, event.timestamp());
  }

  private static final class KeptAndGaps
      extends PTransform<PCollection<Event>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Event> events) {
      Sequenced<Event> out = events.apply(BY_SEQUENCE);
      return PCollectionList.of(
              out.output()
                  .apply("Kept", MapElements.into(TypeDescriptors.strings()).via(Event::toString)))
          .and(
              out.gaps()
                  .apply(
                      "Gaps",
                      MapElements.into(TypeDescriptors.strings()).via(SequenceGap::toString)))
          .apply(Flatten.pCollections());
    }
  }
}
