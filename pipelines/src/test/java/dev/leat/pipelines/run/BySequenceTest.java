package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leatToStandardOutput;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.dedup.SequenceGap;
import dev.leat.event.Event;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.TimestampedValue;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Repeats by the producers' own numbers, and what is told of those that did not come. */
public class BySequenceTest {
  private static final String WORKFLOW =
      """
      name: numbered
      events: {type: t, time: /time, id: /id, source: /from, sequence: /n}
      filter: "data.keep"
      deduplicate: {by: sequence}
      """;

  private static final String LINES =
      """
      {"id":"a1","from":"a","n":1,"time":"2026-01-01T00:00:00Z","keep":true}
      {"id":"again","from":"a","n":1,"time":"2026-01-01T00:00:00Z","keep":true}
      {"id":"a4","from":"a","n":4,"time":"2026-01-01T00:00:01Z","keep":true}
      {"id":"a5","from":"a","n":5,"time":"2026-01-01T00:00:02Z","keep":false}
      {"id":"a6","from":"a","n":6,"time":"2026-01-01T00:00:03Z","keep":true}
      {"id":"a8","from":"a","n":8,"time":"2026-01-01T00:00:04Z","keep":true}
      {"id":"b1","from":"b","n":1,"time":"2026-01-01T00:00:04Z","keep":true}
      {"id":"b3","from":"b","n":3,"time":"2026-01-01T00:00:04Z","keep":true}
      {"id":"none","from":"b","time":"2026-01-01T00:00:05Z","keep":true}
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void keepsEachNumberOnceAndTellsWhatIsMissingOnTheDirectRunner() throws IOException {
    keepsEachNumberOnceAndTellsWhatIsMissing("DirectRunner");
  }

  @Test
  public void keepsEachNumberOnceAndTellsWhatIsMissingOnFlink() throws IOException {
    keepsEachNumberOnceAndTellsWhatIsMissing("FlinkRunner");
  }

  private void keepsEachNumberOnceAndTellsWhatIsMissing(String runner) throws IOException {
    Path root = folder.getRoot().toPath();
    Path workflow = Files.writeString(root.resolve("w.yaml"), WORKFLOW);
    Path events = Files.writeString(root.resolve("e.jsonl"), LINES);

    Ran ran =
        leatToStandardOutput(
            "run",
            workflow,
            "--source=" + events,
            "--sink=jsonl:" + root + "/out",
            "--runner=" + runner,
            "--output=json");

    assertThat(
        ran.err(),
        is(
            "leat: gaps: of 'a' there are no numbers 2 to 3, 7\n"
                + "leat: gaps: of 'b' there are no numbers 2\n"));
    assertThat(ran.code(), is(0));
    assertThat(ran.count("gaps"), is(3L));
    assertThat(ran.count("repeats"), is(1L));
    assertThat(ran.count("filtered"), is(1L));
    assertThat(ran.count("dead_letters"), is(1L));
    assertThat(ran.count("rows"), is(6L));
    Set<String> numbers = new TreeSet<>();
    Rows.ofFolder(root.resolve("out"))
        .forEach(row -> numbers.add(row.get("source") + "" + row.get("sequence")));
    assertThat(numbers, contains("a1", "a4", "a6", "a8", "b1", "b3"));
    assertThat(
        Rows.ofFolder(root.resolve("out-dead-letters")).get(0).get("detail"),
        is("sequence: the sequence is missing"));
  }

  @Test
  public void aLiveRunKeepsEachNumberOnceHoweverLateARepeatComes() {
    Workflow workflow =
        WorkflowParser.parse(
            "{name: live, deduplicate: {by: sequence, reportAfter: 10m}}", "live.yaml");
    TestStream<EventBlock> stream =
        TestStream.create(EventBlockCoder.of())
            .addElements(block(event("e1", 1, 0)), block(event("e3", 3, 1)))
            .advanceWatermarkTo(event("x", 0, 3600 * 24).timestamp())
            .addElements(block(event("e1", 1, 0)))
            .advanceWatermarkToInfinity();

    WorkflowOutput result =
        pipeline.apply(stream).apply("Workflow", WorkflowTransform.of(workflow, Optional.empty()));

    PAssert.that(result.rows())
        .satisfies(
            blocks -> {
              Set<String> ids = new TreeSet<>();
              int rows = 0;
              for (RowBlock block : blocks) {
                rows += block.rows().size();
                block.rows().forEach(row -> ids.add(row.getString("id")));
              }
              assertThat(ids, contains("e1", "e3"));
              assertThat(rows, is(2));
              return null;
            });
    PAssert.that(result.late()).empty();
    long gaps = 0;
    for (MetricResult<Long> counter : pipeline.run().metrics().allMetrics().getCounters()) {
      gaps += counter.getName().getName().equals("gaps") ? counter.getAttempted() : 0;
    }
    assertThat(gaps, is(1L));
  }

  @Test
  public void tellsAHandful() {
    TellGaps.Report report = new TellGaps.Report();
    for (int source = 1; source <= 7; source++) {
      report.add(SequenceGap.of("s" + source + "\u001b", 3, 4));
    }
    for (int gap = 1; gap <= 6; gap++) {
      report.add(SequenceGap.of("s1\u001b", 10 * gap, 10 * gap));
    }

    assertThat(
        report.lines(),
        contains(
            "gaps: of 's1?' there are no numbers 3 to 4, 10, 20, 30, 40, and 2 more gaps",
            "gaps: of 's2?' there are no numbers 3 to 4",
            "gaps: of 's3?' there are no numbers 3 to 4",
            "gaps: of 's4?' there are no numbers 3 to 4",
            "gaps: of 's5?' there are no numbers 3 to 4",
            "gaps: of 2 more sources"));
  }

  private static TimestampedValue<EventBlock> block(Event event) {
    return TimestampedValue.of(EventBlock.of(java.util.List.of(event)), event.timestamp());
  }

  private static Event event(String id, long sequence, long second) {
    return Event.builder()
        .id(id)
        .source("s")
        .type("t")
        .sequence(sequence)
        .time(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second))
        .build();
  }
}
