package dev.leat.quality;

import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.SampleEvents;
import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Measure;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.step.EventSteps;
import dev.leat.wait.HoldBack;
import dev.leat.window.WindowSpec;
import dev.leat.window.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.Rule;
import org.junit.Test;

public class CheckQualityTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Schema ROWS = Schema.builder().addInt64Field("n").build();

  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void tellsEachRuleOnceAllHold() {
    PCollection<Event> events =
        pipeline.apply(Create.timestamped(stamped(events())).withCoder(EventCoder.of()));
    PCollection<Event> windowed = events.apply("Minutes", Windows.fixed(MINUTE));
    PCollection<Row> rows =
        windowed.apply("Count", AggregateEvents.all().measure("n", Measure.count())).output();

    PCollection<String> kept =
        windowed.apply(
            "Check",
            CheckQuality.of(rules("60%", 3))
                .withReader(PayloadReader.plain())
                .completeUntil(SampleEvents.START.plusSeconds(120))
                .withRows(rows));
    PCollection<Long> counts =
        rows.apply("Hold back", HoldBack.until(kept)).apply("Rows", ParDo.of(new NOf()));

    PAssert.that(kept)
        .containsInAnyOrder(
            "{field: /page, nulls: 20%}",
            "{volume: {dropMoreThan: 60%, against: 1m}}", "{rows: {min: 3}}");
    PAssert.that(counts).containsInAnyOrder(5L, 3L, 2L);
    Map<String, Long> counted = Counted.in(pipeline.run());
    assertThat(counted.get("rules_passed"), is(3L));
    assertThat(counted.get("violations"), is(1L));
  }

  @Test
  public void namesEveryBrokenRuleOnBothFaces() {
    assertThat(
        brokenOnEvents(rules("30%", 4)),
        contains(
            "quality {volume: {dropMoreThan: 30%, against: 1m}}: 2015-09-12T13:01:00Z has 3 events,"
                + " 1m before it were 5 (fell by 40%)",
            "quality {rows: {min: 4}}: expected at least 4, got 3"));
    assertThat(brokenOnBlocks(rules("30%", 4)), is(brokenOnEvents(rules("30%", 4))));
    assertThat(brokenOnBlocks(rules("60%", 3)), is(empty()));
  }

  @Test
  public void judgesNoEventsAndNoRows() {
    TestPipeline empty = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    empty
        .apply("No events", Create.empty(EventCoder.of()))
        .apply(
            "Check",
            CheckQuality.of(rules("0%", 1)).withRows(empty.apply("No rows", Create.empty(ROWS))));

    assertThat(broken(empty), contains("quality {rows: {min: 1}}: expected at least 1, got 0"));
  }

  @Test
  public void refusesUnboundedInput() {
    TestPipeline live = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<Event> events =
        live.apply(TestStream.create(EventCoder.of()).advanceWatermarkToInfinity());

    assertThat(
        assertThrows(
                IllegalArgumentException.class, () -> events.apply(CheckQuality.of(rules("0%", 0))))
            .getMessage(),
        is("quality: expected bounded events: a live run has no end at which to judge it"));
  }

  @Test
  public void countsViolationsAndKeepsEveryEvent() {
    PCollection<Event> counted =
        pipeline
            .apply(Create.of(events()).withCoder(EventCoder.of()))
            .apply(
                EventSteps.onEvents(
                    "quality", PayloadReader.plain(), List.of(CountViolations.of(rules("0%", 9)))))
            .output();

    PAssert.that(counted).containsInAnyOrder(events());
    assertThat(Counted.in(pipeline.run()).get("violations"), is(1L));
  }

  /** Five, three and two in three minutes; one has no page. */
  private static List<Event> events() {
    List<Event> events = new ArrayList<>();
    int[] counts = {5, 3, 2};
    for (int minute = 0; minute < counts.length; minute++) {
      for (int i = 0; i < counts[minute]; i++) {
        String json = minute == 1 && i == 1 ? "{}" : "{\"page\":\"a\"}";
        events.add(event(minute + "-" + i, minute * 60L + i, json));
      }
    }
    return events;
  }

  private static List<QualityRule> rules(String dropMoreThan, long rows) {
    return List.of(
        QualityRule.nulls(FieldRef.parse("/page"), Share.parse("20%")),
        QualityRule.volume(Share.parse(dropMoreThan), MINUTE, WindowSpec.fixed(MINUTE)),
        QualityRule.rows(rows, Optional.empty()));
  }

  private static List<String> brokenOnEvents(List<QualityRule> rules) {
    TestPipeline check = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    check
        .apply("Events", Create.of(events()).withCoder(EventCoder.of()))
        .apply("Check", CheckQuality.of(rules).withRows(check.apply("Rows", rowsOf(3))));
    return broken(check);
  }

  private static List<String> brokenOnBlocks(List<QualityRule> rules) {
    TestPipeline check = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 3; i++) {
      rows.add(Row.withSchema(ROWS).addValue(i).build());
    }
    PCollection<RowBlock> blocks =
        check.apply(
            "Rows",
            Create.of(RowBlock.of(rows.subList(0, 1)), RowBlock.of(rows.subList(1, 3)))
                .withCoder(RowBlockCoder.of(ROWS)));
    check
        .apply(
            "Events",
            Create.of(
                EventBlock.of(events().subList(0, 6)), EventBlock.of(events().subList(6, 10))))
        .apply(
            "Check", CheckQuality.onBlocks(rules, PayloadReader.plain(), Optional.empty(), blocks));
    return broken(check);
  }

  private static Create.Values<Row> rowsOf(int count) {
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(Row.withSchema(ROWS).addValue(i).build());
    }
    return Create.of(rows).withRowSchema(ROWS);
  }

  /** The problems with which it fails; none if it does not. */
  private static List<String> broken(TestPipeline pipeline) {
    try {
      pipeline.run().waitUntilFinish();
      return List.of();
    } catch (org.apache.beam.sdk.Pipeline.PipelineExecutionException e) {
      return ((QualityRefusedException) e.getCause()).problems();
    }
  }

  private static final class NOf extends DoFn<Row, Long> {
    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Long> out) {
      out.output(row.getInt64("n"));
    }
  }
}
