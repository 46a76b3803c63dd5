package dev.leat.testing.faults;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * One workflow on the same events four ways: from files, from the lake, live from Kafka on the
 * DirectRunner, live on Flink while TaskManagers are killed. Four equal tables, for each of {@link
 * Feed}'s kinds of events.
 */
public class SameRowsTest {
  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final FlinkCluster flink = FlinkCluster.of(2, 3);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void flights() throws Exception {
    fourWaysToOneTable("flights", Feed.flights(random()));
  }

  @Test
  public void edits() throws Exception {
    fourWaysToOneTable("edits", Feed.edits(random()));
  }

  @Test
  public void accesses() throws Exception {
    fourWaysToOneTable("accesses", Feed.accesses(random()));
  }

  @Test
  public void rides() throws Exception {
    fourWaysToOneTable("rides", Feed.rides(random()));
  }

  private Random random() {
    return new Random(seed);
  }

  private void fourWaysToOneTable(String name, Feed feed) throws Exception {
    System.out.println("same rows of " + name + ": seed " + seed);
    Files.write(folder.newFile("events.txt").toPath(), feed.lines());
    Workflow workflow = WorkflowParser.parse(feed.workflow(), name + ".yaml");
    kafka.createTopic(name, 2);
    send(name, feed.lines());
    ConnectorUri files = ConnectorUri.parse("files:" + folder.getRoot() + "/events.txt");
    ConnectorUri log =
        ConnectorUri.parse(
            "kafka://%s/%s?disorder=%dh&idle=5s"
                .formatted(kafka.bootstrapServers(), name, feed.disorder().toHours()));

    RunJob.of(workflow, files, table("files")).run(direct(), Attendant.NOBODY);
    Set<String> expected = rows("files");
    IngestJob.of(workflow, files, table("raw")).run(direct(), Attendant.NOBODY);
    RunJob.of(workflow, table("raw"), table("lake")).run(direct(), Attendant.NOBODY);
    RunJob.of(workflow, log, table("direct").withParameter("commit", "1s"))
        .run(
            direct(),
            run -> {
              Await.until(() -> difference("direct", expected));
              run.stop();
              return Optional.of(run.await());
            });
    RunJob.of(workflow, log, table("flink").withParameter("commit", "1s"))
        .run(
            onCluster(),
            run -> {
              String job = run.id().orElseThrow();
              flink.awaitJobRunning(job);
              flink.awaitCheckpoint(job);
              for (int i = 0; i < flink.taskManagers(); i++) {
                flink.killTaskManager(i);
                flink.startTaskManager(i);
                flink.awaitJobRunning(job);
              }
              // The table may be complete before the JobManager misses anyone.
              Await.until(() -> flink.restarts(job) > 0 ? "" : "no restart");
              Await.until(() -> difference("flink", expected));
              run.stop();
              return Optional.of(run.await());
            });

    assertThat(expected.size(), is(greaterThanOrEqualTo(feed.leastRows())));
    System.out.printf("  %,d lines, %,d rows%n", feed.lines().size(), expected.size());
    assertThat(rows("lake"), is(expected));
    assertThat(rows("direct"), is(expected));
    assertThat(rows("flink"), is(expected));
  }

  private static void send(String topic, List<String> lines) throws Exception {
    List<Future<?>> stored = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < lines.size(); i++) {
        stored.add(producer.send(new ProducerRecord<>(topic, i % 2, null, lines.get(i))));
      }
    }
    for (Future<?> each : stored) {
      each.get();
    }
  }

  private ConnectorUri table(String name) {
    return ConnectorUri.parse(
        "lake:"
            + folder.getRoot()
            + "/lake/"
            + name
            + (name.equals("raw") ? "" : "?partition=month"));
  }

  private Set<String> rows(String table) {
    Set<String> rows = new TreeSet<>();
    Scene.read(ConnectorUri.parse("lake:" + folder.getRoot() + "/lake/" + table))
        .forEach(row -> rows.add(row.toString()));
    return rows;
  }

  private String difference(String table, Set<String> expected) {
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(rows(table));
    return missing.isEmpty()
        ? ""
        : missing.size() + " rows are not there: " + missing.iterator().next();
  }

  private static Launcher direct() {
    return Launcher.of("DirectRunner", List.of(), silent());
  }

  private Launcher onCluster() {
    return Launcher.of(
        "FlinkRunner",
        List.of(
            "--flinkMaster=" + flink.restAddress(),
            "--filesToStage=" + Scene.emptyJar(folder.getRoot().toPath()),
            "--parallelism=2",
            "--checkpointingInterval=2000"),
        silent());
  }

  private static Progress silent() {
    return new Progress(new PrintWriter(System.err), false, "");
  }
}
