package dev.leat.dedup;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.SampleEvents;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Payload;
import dev.leat.testing.fixtures.Equivalence;
import dev.leat.window.OnTime;
import dev.leat.window.WindowSpec;
import dev.leat.window.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class DropDuplicatesTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final DropDuplicates WITHIN_AN_HOUR =
      DropDuplicates.byId().within(Duration.ofHours(1));

  @Test
  public void keepsFirstOfTwoEventsWithSameId() {
    Event a = event("a", 0, "{\"x\":1}");
    Event b = event("b", 0, "{\"x\":1}");

    OnTime<Event> out = bounded(a, b, a, a, b).apply(WITHIN_AN_HOUR);

    PAssert.that(out.output()).containsInAnyOrder(a, b);
    PAssert.that(out.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 3L)));
  }

  @Test
  public void tellsEventsOfOtherSourcesApart() {
    Event a = event("a", 0, "{}");
    Event ofOther = a.toBuilder().source("other").build();
    // The pair (source, id) is told apart, not the two texts one after the other.
    Event shifted = a.toBuilder().source("wik").id("ia").build();

    OnTime<Event> out = bounded(a, ofOther, shifted, a).apply(WITHIN_AN_HOUR);

    PAssert.that(out.output()).containsInAnyOrder(a, ofOther, shifted);
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 1L)));
  }

  @Test
  public void countsCopiesThatConflict() {
    Event a = event("a", 0, "{\"x\":1}");
    Event otherPayload = event("a", 0, "{\"x\":2}");
    Event otherTime = event("a", 60, "{\"x\":1}");
    Event otherTenant = a.toBuilder().tenant("de").build();

    PCollection<Event> out =
        bounded(a, otherPayload, otherTime, otherTenant).apply(WITHIN_AN_HOUR).output();

    PAssert.that(out.apply(MapElements.into(TypeDescriptors.strings()).via(Event::id)))
        .containsInAnyOrder("a");
    // Which is kept depends on the order; if it is one of two that differ in the tenant alone, the
    // other of them does not conflict.
    Map<String, Long> counted = Counted.in(pipeline.run());
    assertThat(counted.get("repeats"), is(3L));
    assertThat(counted.get("conflicting") >= 2, is(true));
  }

  @Test
  public void countsCopiesThatConflictLive() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped(event("a", 0, "{\"x\":1}")))
            .addElements(stamped(event("a", 0, "{\"x\":1}")))
            .addElements(stamped(event("a", 0, "{\"x\":2}")))
            .addElements(stamped(event("a", 60, "{\"x\":1}")))
            .advanceWatermarkToInfinity();

    OnTime<Event> out = pipeline.apply(stream).apply(WITHIN_AN_HOUR);

    PAssert.that(out.output()).containsInAnyOrder(event("a", 0, "{\"x\":1}"));
    PAssert.that(out.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 3L, "conflicting", 2L)));
  }

  /** As SplitLate behind it would; what is late is remembered, so that its repeat is a repeat. */
  @Test
  public void sendsWhatIsTooLateForItsWindowToTheLateOutputIfAsked() {
    WindowSpec minutes = WindowSpec.fixed(Duration.ofMinutes(1));
    Event inTime = event("in time", 60, "{}");
    Event lastMoment = event("last moment", 59, "{}");
    Event late = event("late", 30, "{}");
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .advanceWatermarkTo(at(60).minus(1))
            .addElements(stamped(lastMoment))
            .advanceWatermarkTo(at(60))
            .addElements(stamped(late), stamped(inTime), stamped(late), stamped(lastMoment))
            .advanceWatermarkToInfinity();

    OnTime<Event> out = pipeline.apply(stream).apply(WITHIN_AN_HOUR.splitLateBy(minutes));

    PAssert.that(out.output()).containsInAnyOrder(inTime, lastMoment);
    PAssert.that(out.late()).containsInAnyOrder(late);
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 2L, "late", 1L)));
  }

  @Test
  public void keepsCopiesThatAreFurtherApartThanTheHorizon() {
    Event a = event("a", 0, "{}");
    Event b = event("b", 0, "{}");
    Event aWithin = a.toBuilder().time(a.time().plusMillis(3_600_000)).build();
    Event bBeyond = b.toBuilder().time(b.time().plusMillis(3_600_001)).build();

    PCollection<Event> out = bounded(a, b, bBeyond, aWithin).apply(WITHIN_AN_HOUR).output();

    PAssert.that(out.apply(MapElements.into(TypeDescriptors.strings()).via(Event::id)))
        .containsInAnyOrder("a", "b", "b");
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 1L, "conflicting", 1L)));
  }

  @Test
  public void keepsEventsAtTheirTimes() {
    Event early = event("a", -86_400L * 365 * 200, "{}");
    Event late = event("b", 86_400L * 365 * 200, "{}");

    PCollection<Event> out = bounded(early, late, early).apply(WITHIN_AN_HOUR).output();

    PAssert.that(
            out.apply(Reify.timestamps())
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(event -> event.getValue().id() + " " + event.getTimestamp())))
        .containsInAnyOrder("a " + early.timestamp(), "b " + late.timestamp());
    pipeline.run();
  }

  @Test
  public void keepsEventsBeforeYear1() {
    Event ancient =
        event("a", 0, "{}").toBuilder().time(Instant.parse("-9999-01-01T00:00:00Z")).build();
    // Its digest's last byte decides what it is packed with: try some.
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      events.add(
          ancient.toBuilder()
              .id("e" + i)
              .time(Instant.parse("0000-12-31T23:59:59.999Z"))
              .data(Payload.utf8("" + i))
              .build());
    }
    List<Event> twice = new ArrayList<>(events);
    twice.addAll(events);
    twice.add(ancient);
    twice.add(ancient);
    events.add(ancient);

    PCollection<Event> out = pipeline.apply(Create.of(twice)).apply(WITHIN_AN_HOUR).output();

    PAssert.that(out).containsInAnyOrder(events);
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 601L)));
  }

  @Test
  public void givesEventsThatAreOlderThanTheHorizonAsLate() {
    Event a = event("a", 0, "{}");
    Event b = event("b", 0, "{}");
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped(a))
            .advanceWatermarkTo(at(3599))
            .addElements(stamped(a))
            .advanceWatermarkTo(at(3600 + 225))
            .addElements(stamped(a), stamped(b), stamped(event("c", 300, "{}")))
            .advanceWatermarkToInfinity();
    List<PCollection<Event>> late = new ArrayList<>();

    PCollection<Event> kept = pipeline.apply(stream).apply(WITHIN_AN_HOUR).lateTo(late);

    PAssert.that(kept).containsInAnyOrder(a, event("c", 300, "{}"));
    // b is not a repeat, but that cannot be told any more.
    PAssert.that(PCollectionList.of(late).apply(Flatten.pCollections())).containsInAnyOrder(a, b);
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 1L, "late", 2L)));
  }

  @Test
  public void remembersIdsWhileASlowPartitionHoldsTheWatermark() {
    // One partition is ten days ahead of the other, which holds the watermark.
    TestStream.Builder<Event> stream = TestStream.create(EventCoder.of()).advanceWatermarkTo(at(0));
    List<Event> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Event ahead = event("ahead" + i, 86_400 * i, "{}");
      Event behind = event("behind" + i, i, "{}");
      all.add(ahead);
      all.add(behind);
      stream = stream.addElements(stamped(ahead), stamped(behind));
    }
    for (Event event : all) {
      stream = stream.addElements(stamped(event));
    }

    OnTime<Event> out = pipeline.apply(stream.advanceWatermarkToInfinity()).apply(WITHIN_AN_HOUR);

    PAssert.that(out.output()).containsInAnyOrder(all);
    PAssert.that(out.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 20L)));
  }

  @Test
  public void givesTheSameOnBlocks() {
    Event a = event("a", 0, "{}");
    Event b = event("b", 50, "{}");
    OnTime<EventBlock> out =
        pipeline
            .apply(Create.of(EventBlock.of(List.of(a, b, a)), EventBlock.of(List.of(b, b))))
            .apply(WITHIN_AN_HOUR.onBlocks());

    PAssert.that(
            out.output()
                .apply(FlatMapElements.into(TypeDescriptor.of(Event.class)).via(block -> block)))
        .containsInAnyOrder(a, b);
    PAssert.that(out.late()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of("repeats", 3L)));
  }

  @Test
  public void givesTheSameInAnyOrderOfArrivalWithRepeats() {
    Random random = new Random(1);
    List<TimestampedValue<Event>> events = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      Event event = event("e" + i, random.nextInt(3000), "{\"x\":" + i + "}");
      events.add(stamped(event));
    }

    Equivalence.of(events, EventCoder.of())
        .arrivals(10)
        .repeats(0.1)
        .through(new KeptAndLate())
        .check();
  }

  @Test
  public void givesTheSameForEventsBehindTheWatermarkWithinTheHorizon() {
    Random random = new Random(2);
    List<TimestampedValue<Event>> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(stamped(event("e" + i, random.nextInt(20_000), "{}")));
    }

    Equivalence.of(events, EventCoder.of())
        .arrivals(Seeds.orElse(8))
        .repeats(0.3)
        .disorder(org.joda.time.Duration.standardMinutes(59))
        .lateness(org.joda.time.Duration.standardMinutes(59))
        .through(new KeptAndLate())
        .check();
  }

  @Test
  public void refusesToComeAfterWindows() {
    PCollection<Event> windowed =
        bounded(event("a", 0, "{}")).apply(Windows.fixed(Duration.ofMinutes(1)));

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> windowed.apply(WITHIN_AN_HOUR));

    assertThat(
        refusal.getMessage(),
        is("DropDuplicates: expected to come before windows, got FixedWindows"));
    pipeline.enableAbandonedNodeEnforcement(false);
  }

  @Test
  public void refusesOtherHorizons() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> DropDuplicates.byId().within(Duration.ofSeconds(-5)));

    assertThat(refusal.getMessage(), is("within: expected 1s to 30d, got -5s"));
  }

  private PCollection<Event> bounded(Event... events) {
    return pipeline.apply(Create.timestamped(SampleEvents.stamped(List.of(events))));
  }

  private static TimestampedValue<Event> stamped(Event event) {
    return TimestampedValue.of(event, event.timestamp());
  }

  private static final class KeptAndLate
      extends PTransform<PCollection<Event>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Event> events) {
      OnTime<Event> out = events.apply(WITHIN_AN_HOUR);
      return PCollectionList.of(
              out.output()
                  .apply("Kept", MapElements.into(TypeDescriptors.strings()).via(Event::toString)))
          .and(
              out.late()
                  .apply(
                      "Late",
                      MapElements.into(TypeDescriptors.strings()).via(event -> "late " + event)))
          .apply(Flatten.pCollections());
    }
  }
}
