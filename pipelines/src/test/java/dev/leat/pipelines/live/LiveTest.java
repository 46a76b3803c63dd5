package dev.leat.pipelines.live;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.health.Counters;
import dev.leat.io.lake.LakeRows;
import dev.leat.io.lake.RawLake;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A workflow on a topic, live, beside the same workflow on files and on the lake. */
public class LiveTest {
  private static final long PATIENCE_SECONDS = 240;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final String WORKFLOW =
      """
      name: visits
      events: {format: jsonl, type: visit, id: /id, time: /time, tenant: /site}
      lake: {partition: [date]}
      filter: "data.robot != true"
      deduplicate: {by: id, horizon: 1d}
      window: %s
      aggregate:
        by: [/site]
        measures: {visits: count, seconds: sum(/seconds), longest: max(/seconds)}
      """;
  private static final String HOURLY = "{fixed: 1h, allowedLateness: 1d, early: 1s, late: 1s}";
  private static final String SESSIONS = "{session: 10m, allowedLateness: 1d, early: 1s, late: 1s}";

  @Test
  public void aLogGivesTheRowsOfFiles() throws Exception {
    sameRows("hourly", WORKFLOW.formatted(HOURLY), "FlinkRunner");
  }

  @Test
  public void aLogGivesTheSessionsOfFiles() throws Exception {
    sameRows("sessions", WORKFLOW.formatted(SESSIONS), "FlinkRunner");
  }

  @Test
  public void aLogGivesTheRowsOfFilesOnTheDirectRunner() throws Exception {
    sameRows("direct", WORKFLOW.formatted(HOURLY), "DirectRunner");
  }

  private void sameRows(String topic, String yaml, String runner) throws Exception {
    Workflow workflow = WorkflowParser.parse(yaml, "visits.yaml");
    List<String> lines = lines(300, 0);
    Files.write(folder.newFile("visits.jsonl").toPath(), lines);
    kafka.createTopic(topic, 2);
    send(topic, lines);
    ConnectorUri files = ConnectorUri.parse("files:" + folder.getRoot() + "/visits.jsonl");

    RunJob.of(workflow, files, table("batch")).run(bounded(), Attendant.NOBODY);
    Summary live =
        RunJob.of(workflow, log(topic), table("live").withParameter("commit", "1s"))
            .run(
                launcher(runner),
                until(
                    () ->
                        rows("live").equals(rows("batch"))
                            && read("live_dead_letters").size() == 1));
    IngestJob.of(workflow, log(topic).withParameter("until", "now"), table("raw"))
        .run(bounded(), Attendant.NOBODY);
    RunJob.of(workflow, table("raw"), table("again")).run(bounded(), Attendant.NOBODY);

    assertThat(rows("batch"), is(not(empty())));
    assertThat(rows("live"), is(rows("batch")));
    assertThat(rows("again"), is(rows("batch")));
    assertThat(live.counts().get(Counters.READ), is(301L));
    assertThat(live.counts().get(Counters.REPEATS), is(27L));
    assertThat(live.counts().get(Counters.DEAD_LETTERS), is(1L));
    assertThat(live.counts().get(Counters.LATE), is(0L));
    assertThat(LakeRows.read(table("live_dead_letters")), hasSize(1));
    // Rows are made again as events come, so their number is not that of the table's rows.
    assertThat(live.counts().containsKey("rows"), is(false));
    assertThat(
        live.counts().get("revisions"), is(greaterThanOrEqualTo((long) rows("live").size())));
    assertThat(live.facts().get("stopped"), startsWith("what was not written by then is not in"));
    assertThat(live.facts().get("dead_letters_at"), is(table("live_dead_letters").toString()));
  }

  @Test
  public void takesEachRecordOfALogOnceWhoeverTakesIt() throws Exception {
    Workflow workflow = WorkflowParser.parse(WORKFLOW.formatted(HOURLY), "visits.yaml");
    kafka.createTopic("taken", 2);
    send("taken", lines(100, 0));
    IngestJob live = IngestJob.of(workflow, log("taken"), table("raw"), Duration.ofSeconds(1));
    IngestJob toItsEnd =
        IngestJob.of(workflow, log("taken").withParameter("until", "now"), table("raw"));

    Optional<Summary> first =
        live.run(launcher("FlinkRunner"), until(() -> stored() == 100 && taken() == 101));
    send("taken", lines(50, 100));
    Optional<Summary> second = toItsEnd.run(bounded(), Attendant.NOBODY);
    Optional<Summary> third = toItsEnd.run(bounded(), Attendant.NOBODY);

    assertThat(first.orElseThrow().counts().get("stored"), is(100L));
    assertThat(first.orElseThrow().counts().get(Counters.DEAD_LETTERS), is(1L));
    assertThat(second.orElseThrow().counts().get("stored"), is(50L));
    assertThat(second.orElseThrow().counts().get(Counters.DEAD_LETTERS), is(1L));
    assertThat(third, is(Optional.empty()));
    assertThat(stored(), is(150));
    Set<String> places = new TreeSet<>();
    LakeRows.read(table("raw"))
        .forEach(row -> places.add(row.get("ingest_partition") + ":" + row.get("ingest_offset")));
    assertThat(places, hasSize(150));
  }

  @Test
  public void aRunIsNotTakenForAnEarlierOneOfTheSameThread() {
    Workflow workflow = WorkflowParser.parse(WORKFLOW.formatted(HOURLY), "visits.yaml");
    kafka.createTopic("two", 1);
    RunJob.of(workflow, log("two"), table("first"))
        .run(
            launcher("FlinkRunner"),
            run -> {
              assertThat(run.id().isPresent(), is(true));
              run.stop();
              run.stop();
              return Optional.of(run.await());
            });

    RunJob.of(workflow, log("two"), table("second"))
        .run(
            launcher("DirectRunner"),
            run -> {
              assertThat(run.id(), is(Optional.empty()));
              assertThat(run.isRunning(), is(true));
              run.stop();
              assertThat(run.isRunning(), is(false));
              return Optional.of(run.await());
            });
  }

  @Test
  public void refusesWhatALiveRunCannotDo() {
    kafka.createTopic("refused", 1);
    String noWindow = WORKFLOW.replaceFirst("window: .*\n", "");

    assertThat(
        refusal(noWindow, table("t")),
        is(
            "window: a live run needs windows to aggregate in, because its events have no end;"
                + " such as window: {fixed: 1h}"));
    assertThat(
        refusal(WORKFLOW.formatted(HOURLY), ConnectorUri.parse("csv:" + folder.getRoot() + "/out")),
        is("--sink: expected one that takes a live run's rows, such as lake:, jdbc: or kafka:"));
  }

  private String refusal(String yaml, ConnectorUri sink) {
    RunJob run = RunJob.of(WorkflowParser.parse(yaml, "visits.yaml"), log("refused"), sink);
    return assertThrows(
            UsageException.class, () -> run.run(launcher("DirectRunner"), Attendant.NOBODY))
        .getMessage();
  }

  /**
   * Visits a minute apart, out of order, one in ten twice, and one line that is none. The last two,
   * one in each partition, show in a table: when it is complete, all has been read.
   */
  private static List<String> lines(int count, int from) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      int visit = i % 10 == 7 ? i - 5 : i;
      int minute = (visit / 7) * 7 + (6 - visit % 7);
      lines.add(
          "{\"id\":\"v%d\",\"time\":\"2015-09-12T%02d:%02d:00Z\",\"site\":\"s%d\",\"seconds\":%d,\"robot\":%b}"
              .formatted(
                  visit, minute / 60, minute % 60, visit % 3, visit * 7 % 90, visit % 11 == 0));
    }
    lines.add("no visit");
    return lines;
  }

  private static void send(String topic, List<String> lines) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < lines.size(); i++) {
        producer.send(new ProducerRecord<>(topic, i % 2, null, lines.get(i))).get();
      }
    }
  }

  private static ConnectorUri log(String topic) {
    return ConnectorUri.parse(
        "kafka://" + kafka.bootstrapServers() + "/" + topic + "?disorder=1h&idle=5s");
  }

  private ConnectorUri table(String name) {
    return ConnectorUri.parse("lake:" + folder.getRoot() + "/lake/" + name);
  }

  /** The dead letter counts too, once a commit of the events has its offset. */
  private long taken() {
    return RawLake.of(table("raw")).taken().size();
  }

  private int stored() {
    return read("raw").size();
  }

  private Set<String> rows(String table) {
    Set<String> rows = new TreeSet<>();
    read(table).forEach(row -> rows.add(row.toString()));
    return rows;
  }

  private List<Map<String, Object>> read(String table) {
    try {
      return LakeRows.read(table(table));
    } catch (UnreachableException e) {
      return List.of();
    }
  }

  private static Launcher bounded() {
    return Launcher.of("DirectRunner", List.of(), silent());
  }

  private Launcher launcher(String runner) {
    return Launcher.of(
        runner,
        runner.equals("DirectRunner")
            ? List.of()
            : List.of(
                "--parallelism=1",
                "--checkpointingInterval=1000",
                "--stateBackendStoragePath="
                    + Path.of(folder.getRoot().getPath(), "checkpoints").toUri()),
        silent());
  }

  private static Progress silent() {
    return new Progress(new PrintWriter(new StringWriter()), false, "");
  }

  /** Stays until it is so, then stops the run. */
  private static Attendant until(BooleanSupplier done) {
    return run -> {
      long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
      while (!done.getAsBoolean() && run.isRunning() && System.nanoTime() < deadline) {
        pause();
      }
      // The last commit is in the table; its counts come with the end of the bundle.
      run.stop();
      return Optional.of(run.await());
    };
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
