package dev.leat.testing.faults;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * One workflow on the same flights four ways: from files, from the lake, live from Kafka on the
 * DirectRunner, live on Flink while TaskManagers are killed. Four equal tables.
 */
public class SameRowsTest {
  private static final int FLIGHTS = 3_000;
  private static final Path EXAMPLE = Path.of("..", "..", "examples", "flights");

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final FlinkCluster flink = FlinkCluster.of(2, 3);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void fourWaysToOneTable() throws Exception {
    System.out.println("same rows: seed " + seed);
    List<String> lines = delivered(new Random(seed));
    Files.write(folder.newFile("flights.jsonl").toPath(), lines);
    Workflow workflow = WorkflowParser.parse(workflow());
    kafka.createTopic("flights", 2);
    send(lines);
    ConnectorUri files = ConnectorUri.parse("files:" + folder.getRoot() + "/flights.jsonl");

    RunJob.of(workflow, files, table("files")).run(direct(), Attendant.NOBODY);
    Set<String> expected = rows("files");
    IngestJob.of(workflow, files, table("raw")).run(direct(), Attendant.NOBODY);
    RunJob.of(workflow, table("raw"), table("lake")).run(direct(), Attendant.NOBODY);
    RunJob.of(workflow, topic(), table("direct").withParameter("commit", "1s"))
        .run(
            direct(),
            run -> {
              Await.until(() -> difference("direct", expected));
              run.stop();
              return Optional.of(run.await());
            });
    RunJob.of(workflow, topic(), table("flink").withParameter("commit", "1s"))
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

    assertThat(expected.size(), is(greaterThan(100)));
    assertThat(rows("lake"), is(expected));
    assertThat(rows("direct"), is(expected));
    assertThat(rows("flink"), is(expected));
  }

  /** Out of order by up to 300 flights, one in twenty twice. */
  private static List<String> delivered(Random random) throws IOException {
    String json;
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(EXAMPLE.resolve("flights-20k.json.gz")))) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> flights = List.of(json.substring(1, json.length() - 1).split("(?<=}),"));
    List<double[]> order = new ArrayList<>();
    for (int i = 0; i < FLIGHTS; i++) {
      order.add(new double[] {i + random.nextDouble() * 300, i});
      if (random.nextInt(20) == 0) {
        order.add(new double[] {i + random.nextDouble() * 300, i});
      }
    }
    order.sort((a, b) -> Double.compare(a[0], b[0]));
    return order.stream().map(place -> flights.get((int) place[1]).strip()).toList();
  }

  /** That of the example, with results before windows close. */
  private Path workflow() throws IOException {
    Files.copy(EXAMPLE.resolve("airports.csv"), folder.getRoot().toPath().resolve("airports.csv"));
    String yaml = Files.readString(EXAMPLE.resolve("delays.yaml"));
    String live = "window: {fixed: 1d, allowedLateness: 30d, early: 1s, late: 1s}";
    assertThat(yaml.contains("window: {fixed: 1d}"), is(true));
    return Files.writeString(
        folder.newFile("delays.yaml").toPath(), yaml.replace("window: {fixed: 1d}", live));
  }

  private static void send(List<String> lines) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < lines.size(); i++) {
        producer.send(new ProducerRecord<>("flights", i % 2, null, lines.get(i)));
      }
      producer.flush();
    }
  }

  private static ConnectorUri topic() {
    return ConnectorUri.parse(
        "kafka://" + kafka.bootstrapServers() + "/flights?disorder=3d&idle=5s");
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
            "--checkpointingInterval=2000",
            "--maxBundleTimeMills=200"),
        silent());
  }

  private static Progress silent() {
    return new Progress(new PrintWriter(System.err), false, "");
  }
}
