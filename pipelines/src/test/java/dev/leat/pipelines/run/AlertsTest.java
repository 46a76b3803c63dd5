package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leatToStandardOutput;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.alert.Alert;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
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
import java.util.Optional;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a run tells of its health; the rows are the same with and without. */
public class AlertsTest {
  private static final String WORKFLOW =
      """
      name: watched
      events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
      filter: data.x > 0
      deduplicate: {by: id, horizon: 1d}
      window: {fixed: 1h}
      aggregate: {measures: {n: count, sum: sum(/x)}}
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void tellsWhatIsBrokenAndNothingElseOnTheDirectRunner() throws IOException {
    tellsWhatIsBrokenAndNothingElse("DirectRunner");
  }

  @Test
  public void tellsWhatIsBrokenAndNothingElseOnFlink() throws IOException {
    tellsWhatIsBrokenAndNothingElse("FlinkRunner");
  }

  private void tellsWhatIsBrokenAndNothingElse(String runner) throws IOException {
    Ran watched =
        run(
            "watched",
            runner,
            """
            alerts:
              - {metric: ingest_lag_p95, above: 1d, for: 5m}
              - {metric: ingest_lag_p50, below: 1d}
              - {metric: poison_rate, above: 14.9%}
              - {metric: poison_rate, above: 15%}
              - {metric: duplicate_rate, above: 9.9%}
              - {metric: duplicate_rate, above: 10%}
              - {metric: late_rate, above: 0%}
              - {metric: dead_letters, above: 2}
              - {metric: gaps, above: 0}
              - {metric: throughput, below: 9999/s}
            """);
    Ran unwatched = run("unwatched", runner, "");

    String lag = watched.json().path("alerts").path(0).path("value").asText();
    assertThat(lag, lag.endsWith("d"), is(true));
    assertThat(
        watched.err(),
        is(
            """
            leat: alert {metric: ingest_lag_p95, above: 1d, for: 5m}: %s
            leat: alert {metric: poison_rate, above: 14.9%%}: 15%%
            leat: alert {metric: duplicate_rate, above: 9.9%%}: 10%%
            leat: alert {metric: dead_letters, above: 2}: 3
            leat: alert {metric: throughput, below: 9999/s}: told of live runs only
            """
                .formatted(lag)));
    assertThat(watched.code(), is(0));
    assertThat(watched.count("alerts"), is(4L));
    assertThat(
        watched.json().path("alerts").toString(),
        is(
            ("[{\"metric\":\"ingest_lag_p95\",\"above\":\"1d\",\"value\":\"%s\"},"
                    + "{\"metric\":\"poison_rate\",\"above\":\"14.9%%\",\"value\":\"15%%\"},"
                    + "{\"metric\":\"duplicate_rate\",\"above\":\"9.9%%\",\"value\":\"10%%\"},"
                    + "{\"metric\":\"dead_letters\",\"above\":\"2\",\"value\":\"3\"}]")
                .formatted(lag)));
    assertThat(unwatched.err(), is(""));
    assertThat(unwatched.json().has("alerts"), is(false));
    assertThat(rows("watched"), is(rows("unwatched")));
    assertThat(rows("watched"), hasSize(2));
    for (String count : List.of("read", "repeats", "dead_letters", "filtered", "used", "rows")) {
      assertThat(count, watched.count(count), is(unwatched.count(count)));
    }
  }

  @Test
  public void tellsThatNothingIsBroken() throws IOException {
    Ran ran = run("well", "DirectRunner", "alerts: [{metric: poison_rate, above: 15%}]\n");

    assertThat(ran.err(), is(""));
    assertThat(ran.code(), is(0));
    assertThat(ran.json().path("alerts").toString(), is("[]"));
    assertThat(ran.count("alerts"), is(0L));
  }

  @Test
  public void countsRepeatsAndGapsBySequenceToo() throws IOException {
    Path root = folder.getRoot().toPath();
    Path workflow =
        Files.writeString(
            root.resolve("numbered.yaml"),
            """
            name: numbered
            events: {type: t, time: /time, sequence: /n}
            deduplicate: {by: sequence}
            alerts: [{metric: duplicate_rate, above: 24%}, {metric: gaps, above: 0}]
            """);
    Path events =
        Files.writeString(
            root.resolve("numbered.jsonl"),
            """
            {"n":1,"time":"2026-01-01T00:00:00Z"}
            {"n":1,"time":"2026-01-01T00:00:00Z"}
            {"n":3,"time":"2026-01-01T00:00:00Z"}
            {"time":"2026-01-01T00:00:00Z"}
            """);

    Ran ran =
        leatToStandardOutput(
            "run", workflow, "--source=" + events, "--sink=jsonl:" + root + "/numbered");

    assertThat(
        ran.err(),
        is(
            """
            leat: alert {metric: duplicate_rate, above: 24%}: 25%
            leat: alert {metric: gaps, above: 0}: 1
            leat: gaps: of 'numbered' there are no numbers 2
            """));
    assertThat(ran.code(), is(0));
  }

  @Test
  public void checkTellsTheRules() throws IOException {
    Path workflow =
        Files.writeString(
            folder.getRoot().toPath().resolve("checked.yaml"),
            WORKFLOW + "alerts: [{metric: ingest_lag_p95, above: 60s, for: 5m}]\n");

    Ran ran = leatToStandardOutput("check", workflow, "--output=json");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(
        ran.json().path("alerts").asText(), is("{metric: ingest_lag_p95, above: 1m, for: 5m}"));
  }

  @Test
  public void aLiveRunIsJudgedWhileItGoesOn() {
    Workflow workflow =
        WorkflowParser.parse(
            """
            name: live
            deduplicate: {horizon: 1d}
            alerts:
              - {metric: duplicate_rate, above: 40%}
              - {metric: ingest_lag_p95, above: 1h, for: 2m}
              - {metric: late_rate, above: 0%}
            """,
            "live.yaml");
    // The DirectRunner fires a timer once its time has passed, not when it comes.
    Duration minute = Duration.standardMinutes(1).plus(1);
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(event("a", 60), event("b", 5000), event("a", 60)))
            .advanceProcessingTime(minute)
            .addElements(block(event("c", 5000), event("c", 5000)))
            .advanceProcessingTime(minute)
            .addElements(block(event("d", 1), event("e", 1)))
            .advanceProcessingTime(minute)
            .advanceWatermarkToInfinity();
    PCollection<EventBlock> events = pipeline.apply(stream);
    WorkflowOutput result =
        events.apply("Workflow", WorkflowTransform.of(workflow, Optional.empty()));

    PCollection<Alert> alerts = Alerts.of(workflow).raise(events, List.of(), result).orElseThrow();

    PAssert.that(
            alerts.apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(alert -> alert.kind() + " " + alert.rule())))
        .containsInAnyOrder(
            "FIRING {metric: duplicate_rate, above: 40%}",
            "FIRING {metric: ingest_lag_p95, above: 1h, for: 2m}",
            "RESOLVED {metric: duplicate_rate, above: 40%}",
            "RESOLVED {metric: ingest_lag_p95, above: 1h, for: 2m}");
    PAssert.that(result.rows())
        .satisfies(
            blocks -> {
              int rows = 0;
              for (RowBlock block : blocks) {
                rows += block.rows().size();
              }
              assertThat(rows, is(5));
              return null;
            });
    pipeline.run();
  }

  private static TimestampedValue<EventBlock> block(Event... events) {
    return TimestampedValue.of(EventBlock.of(List.of(events)), events[0].timestamp());
  }

  /** Taken so many seconds after its time. */
  private static Event event(String id, long lag) {
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    return Event.builder()
        .id(id)
        .source("s")
        .type("t")
        .time(time)
        .ingest(Lineage.of(time.plusSeconds(lag), "kafka://b/t", 0, 1))
        .build();
  }

  private List<?> rows(String sink) throws IOException {
    return Rows.ofFolder(folder.getRoot().toPath().resolve(sink));
  }

  /** 20 records: two no events, one without x, two repeats, five filtered out. */
  private Ran run(String name, String runner, String alerts) throws IOException {
    Path root = folder.getRoot().toPath();
    Path workflow = Files.writeString(root.resolve(name + ".yaml"), WORKFLOW + alerts);
    List<String> lines = new ArrayList<>(List.of("no event", "{\"id\":\"no time\"}"));
    lines.add("{\"id\":\"no x\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\"}");
    for (int i = 0; i < 15; i++) {
      lines.add(
          "{\"id\":\"%d\",\"time\":\"2026-01-01T%02d:00:00Z\",\"tenant\":\"a\",\"x\":%d}"
              .formatted(i, i % 2, i < 10 ? i + 1 : -1));
    }
    lines.add(lines.get(3));
    lines.add(lines.get(4));
    Path events = Files.write(root.resolve("events.jsonl"), lines);
    return leatToStandardOutput(
        "run",
        workflow,
        "--source=" + events,
        "--sink=jsonl:" + root.resolve(name),
        "--runner=" + runner,
        "--output=json");
  }
}
