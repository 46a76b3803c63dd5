package dev.leat.window;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Measure;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import java.time.Duration;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class WindowsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Windows MINUTES =
      Windows.fixed(Duration.ofMinutes(1)).allowedLateness(Duration.ofMinutes(2));
  private static final IntervalWindow FIRST = new IntervalWindow(at(0), at(60));

  @Test
  public void firesEarlyThenOnTimeThenForEachLateEvent() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .advanceWatermarkTo(at(0))
            .addElements(stamped("a", 0))
            .advanceProcessingTime(seconds(11))
            .addElements(stamped("b", 1))
            .advanceWatermarkTo(at(60))
            .addElements(stamped("c", 2))
            .addElements(stamped("d", 3))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, MINUTES.early(Duration.ofSeconds(10)));

    PAssert.that(counts).inEarlyPane(FIRST).containsInAnyOrder(1L);
    PAssert.that(counts).inOnTimePane(FIRST).containsInAnyOrder(2L);
    PAssert.that(counts).inLatePane(FIRST).containsInAnyOrder(3L, 4L);
    pipeline.run();
  }

  @Test
  public void firesOnceOnTimeWithoutEarlyAndLateEvents() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped("a", 0))
            .advanceProcessingTime(seconds(100))
            .addElements(stamped("b", 1))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, MINUTES);

    PAssert.that(counts).inOnTimePane(FIRST).containsInAnyOrder(2L);
    PAssert.that(counts).inWindow(FIRST).containsInAnyOrder(2L);
    pipeline.run();
  }

  @Test
  public void countsEventsToTheEndOfAllowedLatenessAndNotAfter() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped("a", 0))
            .advanceWatermarkTo(at(60 + 120).minus(2))
            .addElements(stamped("b", 1))
            .advanceWatermarkTo(at(60 + 120))
            .addElements(stamped("c", 2))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, MINUTES);

    PAssert.that(counts).inOnTimePane(FIRST).containsInAnyOrder(1L);
    PAssert.that(counts).inLatePane(FIRST).containsInAnyOrder(2L);
    PAssert.that(counts).inWindow(FIRST).containsInAnyOrder(1L, 2L);
    pipeline.run();
  }

  @Test
  public void makesAWindowOfLateEventsAlone() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .advanceWatermarkTo(at(100))
            .addElements(stamped("a", 0))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, MINUTES);

    PAssert.that(counts).inWindow(FIRST).containsInAnyOrder(1L);
    pipeline.run();
  }

  @Test
  public void gathersLateEventsAsLongAsAsked() {
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped("a", 0))
            .advanceWatermarkTo(at(60))
            .addElements(stamped("b", 1))
            .advanceProcessingTime(seconds(5))
            .addElements(stamped("c", 2))
            .advanceProcessingTime(seconds(31))
            .addElements(stamped("d", 3))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, MINUTES.late(Duration.ofSeconds(30)));

    PAssert.that(counts).inOnTimePane(FIRST).containsInAnyOrder(1L);
    PAssert.that(counts).inLatePane(FIRST).containsInAnyOrder(3L, 4L);
    pipeline.run();
  }

  @Test
  public void joinsSessionsThatALateEventConnects() {
    Windows sessions =
        Windows.session(Duration.ofSeconds(20)).allowedLateness(Duration.ofMinutes(2));
    TestStream<Event> stream =
        TestStream.create(EventCoder.of())
            .addElements(stamped("a", 0), stamped("b", 30))
            .advanceWatermarkTo(at(55))
            .addElements(stamped("c", 15))
            .advanceWatermarkToInfinity();

    PCollection<Long> counts = counts(stream, sessions);

    PAssert.that(counts).inOnTimePane(new IntervalWindow(at(0), at(20))).containsInAnyOrder(1L);
    PAssert.that(counts).inOnTimePane(new IntervalWindow(at(30), at(50))).containsInAnyOrder(1L);
    PAssert.that(counts).inWindow(new IntervalWindow(at(0), at(50))).containsInAnyOrder(3L);
    pipeline.run();
  }

  @Test
  public void firesOnBoundedInputOnlyAtTheEnd() {
    PCollection<Event> windowed =
        pipeline
            .apply(Create.of(event("a", 0, "{}")))
            .apply(MINUTES.early(Duration.ofSeconds(1)).late(Duration.ofSeconds(1)));

    assertThat(windowed.getWindowingStrategy().getTrigger(), is(DefaultTrigger.of()));
    pipeline.run();
  }

  private PCollection<Long> counts(TestStream<Event> stream, Windows windows) {
    return pipeline
        .apply(stream)
        .apply("Windows", windows)
        .apply("Count", AggregateEvents.all().measure("n", Measure.count()))
        .output()
        .apply(MapElements.into(TypeDescriptors.longs()).via(row -> row.getInt64("n")));
  }

  private static TimestampedValue<Event> stamped(String id, long second) {
    Event event = event(id, second, "{}");
    return TimestampedValue.of(event, event.timestamp());
  }

  private static org.joda.time.Duration seconds(long seconds) {
    return org.joda.time.Duration.standardSeconds(seconds);
  }
}
