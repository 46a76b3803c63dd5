package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leatToStandardOutput;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.pipelines.cli.FolderState;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A result that breaks a rule is refused: exit code 3, each rule told, everything as it was. */
public class QualityTest {
  private static final String HOURLY =
      """
      filter: 'data.x != 13'
      window: {fixed: 1h}
      aggregate: {by: [tenant], measures: {n: count}}
      """;

  private static final List<String> SINKS =
      List.of("lake://%s/lake/t", "parquet:%s/parquet", "jsonl:%s/jsonl", "csv:%s/csv", "stdout:");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private Path root;

  @Before
  public void findFolder() {
    root = folder.getRoot().toPath();
  }

  @Test
  public void publishesWhatKeepsTheRulesAndTellsIt() throws IOException {
    Path workflow =
        workflow(
            "kept",
            """
            let: {double: 'data.x * 2'}
            quality:
              - {field: /user, nulls: 20%}
              - {field: double, between: [0, 16], except: 10%}
              - {field: tenant, nulls: 0%}
              - {rows: {min: 2, max: 2}}
            """);

    Ran ran = run(workflow, "jsonl:" + root + "/out", events(10), "--output=json");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("rules_passed"), is(4L));
    assertThat(ran.count("violations"), is(3L));
    assertThat(ran.count("dead_letters"), is(1L));
    assertThat(Rows.ofFolder(root.resolve("out")), hasSize(2));
    assertThat(Rows.ofFolder(root.resolve("out-dead-letters")), hasSize(1));
  }

  @Test
  public void refusesBrokenRulesIntoEverySinkOnTheDirectRunner() throws IOException {
    refusesBrokenRules("DirectRunner", SINKS);
  }

  @Test
  public void refusesBrokenRulesOnFlink() throws IOException {
    refusesBrokenRules("FlinkRunner", List.of("lake://%s/lake/t", "stdout:"));
  }

  /** Nothing to hold back, and yet the empty result must not take the place of the former one. */
  @Test
  public void refusesAnEmptyResultIntoEverySinkOnTheDirectRunner() throws IOException {
    refusesAnEmptyResult("DirectRunner", SINKS);
  }

  @Test
  public void refusesAnEmptyResultOnFlink() throws IOException {
    refusesAnEmptyResult("FlinkRunner", List.of("lake://%s/lake/t", "jsonl:%s/jsonl"));
  }

  @Test
  public void refusesWithoutWindowsOrAggregateToo() throws IOException {
    Path workflow =
        Files.writeString(
            root.resolve("events.yaml"),
            "name: events\n" + Sample.EVENTS + "quality: [{field: /user, nulls: 1%}]\n");

    refused(
        workflow,
        "jsonl:" + root + "/out",
        "DirectRunner",
        "leat: quality {field: /user, nulls: 1%}: expected at most 1%, got 3 of 11 events (27.3%)");
  }

  @Test
  public void checkTellsTheRulesAndJudgesNothing() throws IOException {
    Path workflow =
        workflow("told", "quality: [{field: /user, nulls: 0%}, {rows: {min: 1, max: 9}}]\n");

    Ran ran = leatToStandardOutput("check", workflow, "--output=json");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(
        ran.json().path("quality").asText(),
        is("{field: /user, nulls: 0%}, {rows: {min: 1, max: 9}}"));
    assertThat(
        ran.json().path("steps").asText(),
        is("parse → filter → fixed windows → aggregate → check"));
  }

  @Test
  public void tellsWindowsThatFellEvenToNothing() throws IOException {
    Path workflow = workflow("volume", "quality: [{volume: {dropMoreThan: 50%, against: 24h}}]\n");
    List<String> lines = new ArrayList<>();
    hour(lines, "2026-01-01T10", 4);
    hour(lines, "2026-01-01T11", 4);
    hour(lines, "2026-01-01T12", 4);
    hour(lines, "2026-01-02T10", 2);
    hour(lines, "2026-01-02T11", 1);
    hour(lines, "2026-01-02T13", 1);
    Path events = Files.write(root.resolve("days.jsonl"), lines);

    Ran all = run(workflow, "jsonl:" + root + "/out", events);
    Ran untilNoon =
        run(workflow, "jsonl:" + root + "/out", events, "--eventTimeEnd=2026-01-02T11:00:00Z");
    Ran untilTwo = run(workflow, "jsonl:" + root + "/out2", events, "--eventTimeEnd=2026-01-03");

    String rule = "leat: quality {volume: {dropMoreThan: 50%, against: 1d}}: ";
    String eleven = "2026-01-02T11:00:00Z has 1 event, 1d before it were 4 (fell by 75%)";
    String twelve = "2026-01-02T12:00:00Z has 0 events, 1d before it were 4 (fell by 100%)";
    assertThat(all.err(), is(rule + eleven + "; " + twelve + REFUSED));
    assertThat(untilTwo.err(), is(rule + eleven + "; " + twelve + REFUSED));
    assertThat(untilNoon.err(), untilNoon.code(), is(0));
  }

  @Test
  public void aLiveRunCountsAndRefusesNothing() {
    Workflow workflow =
        WorkflowParser.parse(
            "name: live\nquality: [{field: /user, nulls: 0%}, {rows: {min: 99}}]\n", "live.yaml");
    List<Event> events = new ArrayList<>();
    for (String data : List.of("{\"user\":\"u\"}", "{}", "{\"user\":null}")) {
      events.add(
          Event.builder()
              .id("e" + events.size())
              .source("s")
              .type("t")
              .time(Instant.parse("2026-01-01T00:00:00Z"))
              .data(Payload.utf8(data))
              .build());
    }

    WorkflowOutput result =
        pipeline
            .apply(
                TestStream.create(EventBlockCoder.of())
                    .addElements(
                        TimestampedValue.of(EventBlock.of(events), events.get(0).timestamp()))
                    .advanceWatermarkToInfinity())
            .apply("Workflow", WorkflowTransform.of(workflow, Optional.empty()));

    PAssert.that(result.rows())
        .satisfies(
            blocks -> {
              int rows = 0;
              for (RowBlock block : blocks) {
                rows += block.rows().size();
              }
              assertThat(rows, is(3));
              return null;
            });
    long violations = 0;
    for (MetricResult<Long> counter : pipeline.run().metrics().allMetrics().getCounters()) {
      violations += counter.getName().getName().equals("violations") ? counter.getAttempted() : 0;
    }
    assertThat(violations, is(2L));
  }

  private static final String REFUSED = "\nNothing was published; what was there is as before.\n";

  private void refusesBrokenRules(String runner, List<String> sinks) throws IOException {
    Path workflow =
        workflow(
            "broken",
            """
            let: {double: 'data.x * 2'}
            quality:
              - {field: /user, nulls: 19.9%}
              - {field: tenant, nulls: 0%}
              - {field: double, between: [0, 15.5], except: 5%}
              - {rows: {min: 3}}
            """);

    intoEach(
        workflow,
        runner,
        sinks,
        "leat: quality {field: /user, nulls: 19.9%}: expected at most 19.9%, got 2 of 10 events (20%)\n"
            + "leat: quality {field: double, between: [0, 15.5], except: 5%}: expected at most 5%"
            + " outside, got 2 of 10 values (20%)\n"
            + "leat: quality {rows: {min: 3}}: expected at least 3, got 2");
  }

  private void refusesAnEmptyResult(String runner, List<String> sinks) throws IOException {
    Path workflow =
        Files.writeString(
            root.resolve("empty.yaml"),
            "name: empty\n"
                + Sample.EVENTS
                + HOURLY.replace("data.x != 13", "data.x > 100")
                + "quality: [{field: /user, nulls: 0%}, {rows: {min: 1}}]\n");

    intoEach(workflow, runner, sinks, "leat: quality {rows: {min: 1}}: expected at least 1, got 0");
  }

  private void intoEach(Path workflow, String runner, List<String> sinks, String problems)
      throws IOException {
    Path before = workflow("before", "");
    for (String sink : sinks) {
      Ran ran = run(before, sink.formatted(root), events(3));
      assertThat(ran.err(), ran.code(), is(0));
    }

    for (String sink : sinks) {
      refused(workflow, sink.formatted(root), runner, problems);
    }
  }

  private void refused(Path workflow, String sink, String runner, String problems)
      throws IOException {
    Path events = events(10);
    Map<String, String> before = FolderState.of(root);

    Ran ran = run(workflow, sink, events, "--runner=" + runner);

    assertThat(sink, ran.err(), is(problems + REFUSED));
    assertThat(sink, ran.out(), is(""));
    assertThat(sink, ran.code(), is(3));
    assertThat(sink, FolderState.of(root), equalTo(before));
  }

  private static Ran run(Path workflow, String sink, Path events, String... options) {
    List<Object> words =
        new ArrayList<>(List.of("run", workflow, "--source=" + events, "--sink=" + sink));
    words.addAll(List.of(options));
    return leatToStandardOutput(words.toArray());
  }

  private Path workflow(String name, String quality) throws IOException {
    return Files.writeString(
        root.resolve(name + ".yaml"), "name: " + name + "\n" + Sample.EVENTS + HOURLY + quality);
  }

  /** So many in two windows, of which every fifth has no user; one filtered out; one no event. */
  private Path events(int count) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("no event");
    lines.add("{\"id\":\"out\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\",\"x\":13}");
    for (int i = 0; i < count; i++) {
      lines.add(
          "{\"id\":\"%d\",\"time\":\"2026-01-01T%02d:00:00Z\",\"tenant\":\"a\",\"x\":%d%s}"
              .formatted(i, i % 2, i, i % 5 == 0 ? "" : ",\"user\":\"u\""));
    }
    return Files.write(root.resolve("events" + count + ".jsonl"), lines);
  }

  private static void hour(List<String> lines, String hour, int count) {
    for (int i = 0; i < count; i++) {
      lines.add(
          "{\"id\":\"%s-%d\",\"time\":\"%s:30:00Z\",\"tenant\":\"%d\",\"x\":1}"
              .formatted(hour, i, hour, i));
    }
  }
}
