package dev.leat.aggregate;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Json;
import dev.leat.event.Payload;
import dev.leat.field.PayloadReader;
import dev.leat.window.Windows;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.Rule;
import org.junit.Test;

public class AggregateEventsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final List<Event> EVENTS =
      List.of(
          event("a", 0, "{\"page\":\"A\",\"n\":0.1,\"user\":\"x\"}"),
          event("b", 10, "{\"page\":\"A\",\"n\":0.2,\"user\":\"y\"}"),
          event("c", 20, "{\"page\":\"B\",\"n\":null,\"user\":\"x\"}"),
          event("d", 30, "{\"n\":-5}"),
          event("e", 59, "{\"page\":null,\"n\":\"7\"}"),
          event("f", 60, "{\"page\":\"A\",\"n\":\"1.50\",\"user\":\"y\"}"));

  private static final AggregateEvents ALL_MEASURES =
      AggregateEvents.by("/page")
          .measure("n", Measure.count())
          .measure("with_n", Measure.count("/n"))
          .measure("total", Measure.sum("/n"))
          .measure("least", Measure.min("/n"))
          .measure("most", Measure.max("/n"))
          .measure("mean", Measure.avg("/n"))
          .measure("users", Measure.distinct("/user"))
          .measure("users_about", Measure.approxDistinct("/user"))
          .measure("top2", Measure.top("/n", 2))
          .measure("opened", Measure.first("/user"))
          .measure("closed", Measure.last("/user"))
          .measure("none", Measure.quantile("/absent", 0.5));

  @Test
  public void measuresEachGroupOfEachWindow() {
    Outcome<Row> outcome =
        pipeline
            .apply(stamped(EVENTS))
            .apply(Windows.fixed(Duration.ofMinutes(1)))
            .apply(ALL_MEASURES);

    Schema schema = outcome.output().getSchema();
    PAssert.that(outcome.output())
        .containsInAnyOrder(
            row(
                schema,
                at(0),
                at(60),
                "A",
                2L,
                2L,
                dec("0.3"),
                dec("0.1"),
                dec("0.2"),
                dec("0.15"),
                2L,
                2L,
                List.of(dec("0.2"), dec("0.1")),
                "x",
                "y",
                null),
            row(
                schema, at(0), at(60), "B", 1L, 0L, null, null, null, null, 1L, 1L, List.of(), "x",
                "x", null),
            row(
                schema,
                at(0),
                at(60),
                null,
                2L,
                2L,
                dec("2"),
                dec("-5"),
                dec("7"),
                dec("1"),
                0L,
                0L,
                List.of(dec("7"), dec("-5")),
                null,
                null,
                null),
            row(
                schema,
                at(60),
                at(120),
                "A",
                1L,
                1L,
                dec("1.5"),
                dec("1.5"),
                dec("1.5"),
                dec("1.5"),
                1L,
                1L,
                List.of(dec("1.5")),
                "y",
                "y",
                null));
    PAssert.that(outcome.deadLetters()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of("used", 6L, "rows", 4L)));
  }

  @Test
  public void givesOneRowForAllTimeWithoutWindows() {
    Outcome<Row> outcome =
        pipeline
            .apply(stamped(EVENTS))
            .apply(
                AggregateEvents.all()
                    .measure("n", Measure.count())
                    .measure("total", Measure.sum("/n")));

    PAssert.that(outcome.output())
        .containsInAnyOrder(row(outcome.output().getSchema(), 6L, dec("3.8")));
    pipeline.run();
  }

  @Test
  public void givesNoRowsForNoEvents() {
    Outcome<Row> outcome =
        pipeline
            .apply(Create.empty(EventCoder.of()))
            .apply(AggregateEvents.all().measure("n", Measure.count()));

    PAssert.that(outcome.output()).empty();
    PAssert.that(outcome.deadLetters()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void countsEventsThatAMeasureRefusesInNoMeasure() {
    Event good = event("good", 0, "{\"page\":\"A\",\"n\":1,\"m\":2}");
    Event badSecond = event("badSecond", 0, "{\"page\":\"A\",\"n\":1,\"m\":\"x\"}");
    Event badGroup = event("badGroup", 0, "{\"page\":\"\\ud800\",\"n\":1,\"m\":2}");
    Event malformed = event("malformed", 0, "{\"page\":");

    Outcome<Row> outcome =
        pipeline
            .apply(Create.of(good, badSecond, badGroup, malformed))
            .apply(
                AggregateEvents.by("/page")
                    .measure("events", Measure.count())
                    .measure("n", Measure.sum("/n"))
                    .measure("m", Measure.sum("/m")));

    PAssert.that(outcome.output())
        .containsInAnyOrder(row(outcome.output().getSchema(), "A", 1L, dec("1"), dec("2")));
    PAssert.that(told(outcome.deadLetters()))
        .containsInAnyOrder(
            "invalid-value|/m: expected a number, got text|aggregate|"
                + badSecond.data().toUtf8()
                + "|file:///a 3:7",
            "invalid-value|/page: half a surrogate pair is not Unicode text|aggregate|"
                + badGroup.data().toUtf8()
                + "|file:///a 3:7",
            "malformed|not JSON: it ends too early|aggregate|{\"page\":|file:///a 3:7");
    assertThat(Counted.in(pipeline.run()), is(Map.of("used", 1L, "dead_letters", 3L, "rows", 1L)));
  }

  @Test
  public void groupsByEnvelopeDerivedAndNamedFields() {
    Event enriched =
        EVENTS.get(0).toBuilder().derived("country", Json.parse("{\"name\":\"Italy\"}")).build();

    Outcome<Row> outcome =
        pipeline
            .apply(Create.of(enriched))
            .apply(
                AggregateEvents.by("tenant", "country.name")
                    .andBy("title", "/page")
                    .measure("n", Measure.count()));

    Row expected =
        Row.withSchema(
                Schema.builder()
                    .addNullableStringField("tenant")
                    .addNullableStringField("name")
                    .addNullableStringField("title")
                    .addInt64Field("n")
                    .build())
            .addValues("en", "Italy", "A", 1L)
            .build();
    PAssert.that(outcome.output()).containsInAnyOrder(expected);
    pipeline.run();
  }

  @Test
  public void groupsEqualNumbersTogetherAndNullApartFromEmpty() {
    Outcome<Row> outcome =
        pipeline
            .apply(
                Create.of(
                    event("a", 0, "{\"page\":1}"),
                    event("b", 0, "{\"page\":1.0}"),
                    event("c", 0, "{\"page\":\"1\"}"),
                    event("d", 0, "{\"page\":\"\"}"),
                    event("e", 0, "{\"page\":null}"),
                    event("f", 0, "{}")))
            .apply(AggregateEvents.by("/page").measure("n", Measure.count()));

    Schema schema = outcome.output().getSchema();
    PAssert.that(outcome.output())
        .containsInAnyOrder(row(schema, "1", 3L), row(schema, "", 1L), row(schema, null, 2L));
    pipeline.run();
  }

  @Test
  public void joinsSessionsThatOverlapAndNotThoseThatTouch() {
    PCollection<Row> rows =
        pipeline
            .apply(
                stamped(
                    List.of(
                        event("a", 0, "{}"),
                        event("b", 19, "{}"),
                        event("c", 39, "{}"),
                        event("d", 100, "{}"))))
            .apply(Windows.session(Duration.ofSeconds(20)))
            .apply(AggregateEvents.all().measure("n", Measure.count()))
            .output();

    Schema schema = rows.getSchema();
    PAssert.that(rows)
        .containsInAnyOrder(
            row(schema, at(0), at(39), 2L),
            row(schema, at(39), at(59), 1L),
            row(schema, at(100), at(120), 1L));
    pipeline.run();
  }

  @Test
  public void countsAnEventInEachSlidingWindow() {
    PCollection<Row> rows =
        pipeline
            .apply(stamped(List.of(event("a", 5, "{}"))))
            .apply(Windows.sliding(Duration.ofSeconds(20), Duration.ofSeconds(10)))
            .apply(AggregateEvents.all().measure("n", Measure.count()))
            .output();

    Schema schema = rows.getSchema();
    PAssert.that(rows)
        .containsInAnyOrder(row(schema, at(-10), at(10), 1L), row(schema, at(0), at(20), 1L));
    pipeline.run();
  }

  @Test
  public void readsTextLinesByTheirPattern() {
    Event line =
        EVENTS.get(0).toBuilder().contentType("text/plain").data(Payload.utf8("GET 404")).build();

    PCollection<Row> rows =
        pipeline
            .apply(Create.of(line))
            .apply(
                AggregateEvents.by("/method")
                    .measure("codes", Measure.sum("/status"))
                    .withReader(
                        PayloadReader.matching(Pattern.compile("(?<method>\\w+) (?<status>\\d+)"))))
            .output();

    PAssert.that(rows).containsInAnyOrder(row(rows.getSchema(), "GET", dec("404")));
    pipeline.run();
  }

  @Test
  public void refusesWindowsThatAreNoIntervals() {
    PCollection<Event> byDays =
        pipeline.apply(stamped(EVENTS)).apply(Window.into(new OddWindows()));

    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> byDays.apply(AggregateEvents.all().measure("n", Measure.count())));

    assertThat(
        refusal.getMessage(),
        is("windows: expected the global window or intervals, got OddWindows"));
    pipeline.enableAbandonedNodeEnforcement(false);
  }

  @Test
  public void aggregatesAnyIntervalsOfBeam() {
    PCollection<Row> rows =
        pipeline
            .apply(stamped(EVENTS))
            .apply(Window.into(CalendarWindows.days(1)))
            .apply(AggregateEvents.all().measure("n", Measure.count()))
            .output();

    PAssert.that(rows).containsInAnyOrder(row(rows.getSchema(), at(-13 * 3600), at(11 * 3600), 6L));
    pipeline.run();
  }

  @Test
  public void refusesNoMeasure() {
    PCollection<Event> events = pipeline.apply(stamped(EVENTS));

    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> events.apply(AggregateEvents.by("/page")));

    assertThat(refusal.getMessage(), is("measures: expected at least one, got none"));
    pipeline.enableAbandonedNodeEnforcement(false);
  }

  private static Create.TimestampedValues<Event> stamped(List<Event> events) {
    return Create.timestamped(dev.leat.SampleEvents.stamped(events));
  }

  private static Row row(Schema schema, Object... values) {
    return Row.withSchema(schema).addValues(values).build();
  }

  private static BigDecimal dec(String number) {
    return new BigDecimal(number);
  }

  /** Windows that are neither global nor intervals. */
  private static final class OddWindows
      extends org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn<Object, OddWindow> {
    @Override
    public OddWindow assignWindow(org.joda.time.Instant timestamp) {
      return new OddWindow();
    }

    @Override
    public boolean isCompatible(org.apache.beam.sdk.transforms.windowing.WindowFn<?, ?> other) {
      return other instanceof OddWindows;
    }

    @Override
    public org.apache.beam.sdk.coders.Coder<OddWindow> windowCoder() {
      return new org.apache.beam.sdk.coders.AtomicCoder<>() {
        @Override
        public void encode(OddWindow window, java.io.OutputStream out) {}

        @Override
        public OddWindow decode(java.io.InputStream in) {
          return new OddWindow();
        }
      };
    }
  }

  private static final class OddWindow
      extends org.apache.beam.sdk.transforms.windowing.BoundedWindow {
    @Override
    public org.joda.time.Instant maxTimestamp() {
      return at(1000);
    }
  }
}
