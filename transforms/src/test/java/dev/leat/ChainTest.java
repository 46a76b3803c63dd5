package dev.leat;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Measure;
import dev.leat.deadletter.DeadLetter;
import dev.leat.dedup.DropDuplicates;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Payload;
import dev.leat.step.FilterEvents;
import dev.leat.window.Windows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

/** What the transforms do one after the other, as a library user chains them. */
public class ChainTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void keepsBoundedEventsOfOldTimesFromRepeatsToWindows() {
    List<Event> events = new ArrayList<>();
    for (int hour = 0; hour < 3; hour++) {
      for (int i = 0; i < 10; i++) {
        Event event = event(hour + "-" + i, "2001-01-01T0" + hour + ":30:00Z", "{\"v\":1}");
        events.add(event);
        events.add(event);
      }
    }

    PCollection<Row> rows =
        pipeline
            .apply(Create.of(events).withCoder(EventCoder.of()))
            .apply("Drop repeats", DropDuplicates.byId().within(ofDays(1)))
            .output()
            .apply("Hourly", Windows.fixed(ofHours(1)))
            .apply("Sum", AggregateEvents.all().measure("sum", Measure.sum("/v")))
            .output();

    PAssert.that(
            rows.apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(row -> row.getDateTime("window_start") + " " + row.getDecimal("sum"))))
        .containsInAnyOrder(
            "2001-01-01T00:00:00.000Z 10",
            "2001-01-01T01:00:00.000Z 10",
            "2001-01-01T02:00:00.000Z 10");
    pipeline.run();
  }

  @Test
  public void bringsTogetherDeadLettersFromBeforeAndAfterWindows() {
    List<PCollection<DeadLetter>> rejected = new ArrayList<>();

    pipeline
        .apply(
            Create.of(
                    event("a", "2001-01-01T00:30:00Z", "{}"),
                    event("b", "2001-01-01T00:30:00Z", "{\"v\":\"x\"}"))
                .withCoder(EventCoder.of()))
        .apply("Filter", FilterEvents.where("data.v != null"))
        .failuresTo(rejected)
        .apply("Hourly", Windows.fixed(ofHours(1)))
        .apply("Sum", AggregateEvents.all().measure("sum", Measure.sum("/v")))
        .failuresTo(rejected);

    PAssert.that(
            PCollectionList.of(rejected)
                .apply(Flatten.pCollections())
                .apply(MapElements.into(TypeDescriptors.strings()).via(DeadLetter::step)))
        .containsInAnyOrder("filter", "aggregate");
    pipeline.run();
  }

  private static Event event(String id, String time, String data) {
    return Event.builder()
        .id(id)
        .source("s")
        .type("t")
        .time(Instant.parse(time))
        .data(Payload.utf8(data))
        .build();
  }
}
