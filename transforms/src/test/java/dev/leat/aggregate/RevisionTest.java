package dev.leat.aggregate;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.event.Event;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.WindowSpec;
import dev.leat.window.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.Rule;
import org.junit.Test;

/** Each row of a live run tells how many events it was made of, and none comes twice unchanged. */
public class RevisionTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Aggregation AGGREGATION =
      Aggregation.of(Map.of("page", FieldRef.parse("/page")), Map.of("total", Measure.sum("/x")))
          .withRevision();
  private static final WindowSpec MINUTES =
      WindowSpec.fixed(Duration.ofMinutes(1)).withAllowedLateness(Duration.ofMinutes(2));

  @Test
  public void growsFromEarlyToOnTimeToLateRows() {
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(block(edit("a", 0, "A", "1"), edit("b", 1, "A", "null")))
            .advanceProcessingTime(org.joda.time.Duration.standardSeconds(11))
            .addElements(block(edit("c", 2, "A", "4")))
            .advanceWatermarkTo(at(60))
            .addElements(block(edit("d", 3, "A", "8"), edit("e", 4, "B", "16")))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, MINUTES.withEarly(Duration.ofSeconds(10)));

    PAssert.that(rows)
        .containsInAnyOrder(
            "0-60 A total=1 revision=2",
            "0-60 A total=5 revision=3",
            "0-60 A total=13 revision=4",
            "0-60 B total=16 revision=1");
    pipeline.run();
  }

  @Test
  public void givesNothingAtTheEndOfAWindowWhoseEarlyRowWasWhole() {
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(block(edit("a", 0, "A", "1")))
            .advanceProcessingTime(org.joda.time.Duration.standardSeconds(11))
            .advanceWatermarkTo(at(70))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, MINUTES.withEarly(Duration.ofSeconds(10)));

    PAssert.that(rows).containsInAnyOrder("0-60 A total=1 revision=1");
    pipeline.run();
  }

  @Test
  public void gathersLateEventsForAWhile() {
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(edit("a", 0, "A", "1"), edit("b", 0, "B", "2")))
            .advanceWatermarkTo(at(60))
            .addElements(block(edit("c", 1, "A", "4")))
            .addElements(block(edit("d", 2, "A", "8")))
            .advanceProcessingTime(org.joda.time.Duration.standardSeconds(11))
            .addElements(block(edit("e", 3, "B", "16")))
            // Its end comes before the time of the last has.
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, MINUTES.withLate(Duration.ofSeconds(10)));

    PAssert.that(rows)
        .containsInAnyOrder(
            "0-60 A total=1 revision=1",
            "0-60 B total=2 revision=1",
            "0-60 A total=13 revision=3",
            "0-60 B total=18 revision=2");
    pipeline.run();
  }

  @Test
  public void showsEachWindowOfABlockAtItsOwnEnd() {
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(edit("a", 70, "A", "1"), edit("b", 0, "A", "2")))
            .advanceWatermarkTo(at(60))
            .addElements(block(edit("c", 61, "A", "4")))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, WindowSpec.fixed(Duration.ofMinutes(1)));

    PAssert.that(rows)
        .containsInAnyOrder("0-60 A total=2 revision=1", "60-120 A total=5 revision=2");
    pipeline.run();
  }

  @Test
  public void opensAWindowThatHasEndedForALateEvent() {
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .advanceWatermarkTo(at(100))
            .addElements(block(edit("a", 0, "A", "1")))
            .addElements(block(edit("b", 1, "A", "2")))
            .advanceWatermarkTo(at(60 + 180 + 60))
            // Longer ago than anything is kept: nothing is known any more of what was shown.
            .addElements(block(edit("c", 2, "A", "4")))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, MINUTES);

    PAssert.that(rows).containsInAnyOrder("0-60 A total=1 revision=1", "0-60 A total=3 revision=2");
    pipeline.run();
  }

  @Test
  public void countsTheEventsOfAllSessionsThatALateEventJoins() {
    WindowSpec sessions =
        WindowSpec.session(Duration.ofSeconds(20)).withAllowedLateness(Duration.ofMinutes(2));
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(edit("a", 0, "A", "1"), edit("b", 30, "A", "2")))
            .advanceWatermarkTo(at(55))
            .addElements(block(edit("c", 15, "A", "4")))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, sessions);

    PAssert.that(rows)
        .containsInAnyOrder(
            "0-20 A total=1 revision=1", "30-50 A total=2 revision=1", "0-50 A total=7 revision=3");
    pipeline.run();
  }

  @Test
  public void keepsASessionForEventsThatStillBelongToIt() {
    // The session of a, 0 to 1200, has closed, but not b's own, 1199 to 2399.
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(edit("a", 0, "A", "1")))
            .advanceWatermarkTo(at(2398))
            .addElements(block(edit("b", 1199, "A", "2")))
            .advanceWatermarkToInfinity();

    PCollection<String> rows = rows(stream, WindowSpec.session(Duration.ofMinutes(20)));

    PAssert.that(rows)
        .containsInAnyOrder("0-1200 A total=1 revision=1", "0-2399 A total=3 revision=2");
    pipeline.run();
  }

  @Test
  public void countsOnBoundedInputAndOnThePublicFaceAsWell() {
    List<EventBlock> blocks =
        List.of(
            EventBlock.of(List.of(edit("a", 0, "A", "1"), edit("b", 70, "A", "2"))),
            EventBlock.of(List.of(edit("c", 1, "A", "null"))));
    PCollection<EventBlock> bounded = pipeline.apply(Create.of(blocks));

    PCollection<String> onBlocks =
        told(
            bounded
                .apply(
                    "On blocks",
                    AggregateEvents.onBlocks(
                        AGGREGATION, PayloadReader.plain(), Optional.of(MINUTES)))
                .output());
    PCollection<String> publicly =
        pipeline
            .apply("Events", Create.timestamped(stamped(events(blocks))))
            .apply("Minutes", Windows.of(MINUTES))
            .apply("Publicly", AggregateEvents.of(AGGREGATION))
            .output()
            .apply(
                "Told publicly",
                MapElements.into(TypeDescriptors.strings()).via(RevisionTest::tell))
            .apply(Window.into(new GlobalWindows()));

    PAssert.that(onBlocks)
        .containsInAnyOrder("0-60 A total=1 revision=2", "60-120 A total=2 revision=1");
    PAssert.that(publicly)
        .containsInAnyOrder("0-60 A total=1 revision=2", "60-120 A total=2 revision=1");
    pipeline.run();
  }

  @Test
  public void knowsNoRevisionUnlessAsked() {
    Aggregation without = Aggregation.of(AGGREGATION.by(), AGGREGATION.measures());

    assertThat(without.schema(true).hasField(Aggregation.REVISION), is(false));
    assertThat(without.columns().size(), is(1));
    assertThat(AGGREGATION.columns().size(), is(2));
  }

  private PCollection<String> rows(TestStream<EventBlock> stream, WindowSpec windows) {
    return told(
        pipeline
            .apply(stream)
            .apply(
                AggregateEvents.onBlocks(AGGREGATION, PayloadReader.plain(), Optional.of(windows)))
            .output());
  }

  private static PCollection<String> told(PCollection<RowBlock> blocks) {
    return blocks
        .apply(
            FlatMapElements.into(TypeDescriptors.strings())
                .via(block -> block.rows().stream().map(RevisionTest::tell).toList()))
        .apply("Out of windows", Window.into(new GlobalWindows()));
  }

  private static String tell(Row row) {
    long start = row.getDateTime("window_start").getMillis() - at(0).getMillis();
    long end = row.getDateTime("window_end").getMillis() - at(0).getMillis();
    return start / 1000
        + "-"
        + end / 1000
        + " "
        + row.getString("page")
        + " total="
        + row.getDecimal("total")
        + " revision="
        + row.getInt64(Aggregation.REVISION);
  }

  private static List<Event> events(List<EventBlock> blocks) {
    List<Event> events = new ArrayList<>();
    blocks.forEach(block -> block.forEach(events::add));
    return events;
  }

  private static Event edit(String id, long second, String page, String x) {
    return event(id, second, "{\"page\":\"" + page + "\",\"x\":" + x + "}");
  }

  private static TimestampedValue<EventBlock> block(Event... events) {
    EventBlock block = EventBlock.of(List.of(events));
    return TimestampedValue.of(block, Instant.ofEpochMilli(block.minMillis()));
  }
}
