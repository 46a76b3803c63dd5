package dev.leat.testing.faults;

import dev.leat.io.lake.LakeRows;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.pipelines.ingest.IngestJob;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import dev.leat.testing.faults.Orders.Order;
import dev.leat.testing.faults.Orders.Place;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A topic of orders, a lake, and the two jobs between them: one stores raw, one keeps a table. */
final class Scene implements AutoCloseable {
  static final String WORKFLOW =
      """
      name: orders
      events: {format: jsonl, type: order, id: /id, time: /time, tenant: /shop}
      lake: {partition: [date]}
      deduplicate: {by: id, horizon: 1d}
      window: {fixed: 1m, allowedLateness: 1h, early: 1s, late: 1s}
      aggregate:
        by: [/shop]
        measures: {orders: count, amount: sum(/amount)}
      """;

  private final EmbeddedKafka kafka;
  private final FlinkCluster flink;
  private final Path folder;
  private final String name;
  private final Workflow workflow;
  private final List<String> jobs = new ArrayList<>();
  private int started;

  final Orders orders;

  Scene(
      EmbeddedKafka kafka,
      FlinkCluster flink,
      Path folder,
      String name,
      int partitions,
      long seed,
      String workflow) {
    this.kafka = kafka;
    this.flink = flink;
    this.folder = folder;
    this.name = name;
    this.workflow = WorkflowParser.parse(workflow, "orders.yaml");
    System.out.println(name + ": seed " + seed);
    kafka.createTopic(name, partitions, Map.of("max.message.bytes", "67108864"));
    this.orders = new Orders(kafka.bootstrapServers(), name, partitions, seed);
  }

  ConnectorUri topic() {
    return ConnectorUri.parse(
        "kafka://" + kafka.bootstrapServers() + "/" + name + "?disorder=30s&idle=5s");
  }

  ConnectorUri raw() {
    return lake("raw");
  }

  ConnectorUri table() {
    return lake("totals");
  }

  ConnectorUri lake(String table) {
    return ConnectorUri.parse("lake://" + folder.resolve("lake") + "/" + table);
  }

  /** Starts the ingest on the cluster; returns the job. */
  String ingest(String... options) {
    return ingest(raw(), options);
  }

  String ingest(ConnectorUri raw, String... options) {
    return start(
        "ingest",
        (launcher, attendant) ->
            IngestJob.of(workflow, topic(), raw, Duration.ofSeconds(1)).run(launcher, attendant),
        options);
  }

  /** Starts the run on the cluster; returns the job. */
  String run(String... options) {
    return run(table().withParameter("commit", "1s"), options);
  }

  String run(ConnectorUri sink, String... options) {
    return start(
        "run",
        (launcher, attendant) -> RunJob.of(workflow, topic(), sink).run(launcher, attendant),
        options);
  }

  private interface Job {
    void run(Launcher launcher, Attendant attendant);
  }

  private String start(String what, Job job, String... options) {
    String jobName = name + "-" + what + "-" + started++;
    List<String> all =
        new ArrayList<>(
            List.of(
                "--flinkMaster=" + flink.restAddress(),
                "--filesToStage=" + emptyJar(folder),
                "--jobName=" + jobName,
                "--checkpointingInterval=2000"));
    all.addAll(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--parallelism"))) {
      all.add("--parallelism=2");
    }
    Launcher launcher =
        Launcher.of("FlinkRunner", all, new Progress(new PrintWriter(System.err), false, what));
    job.run(launcher, run -> Optional.empty());
    String id =
        flink.jobs().stream()
            .filter(each -> each.name().equals(jobName))
            .map(FlinkCluster.Job::id)
            .findFirst()
            .orElseThrow(() -> new AssertionError(jobName + " is not among " + flink.jobs()));
    jobs.add(id);
    flink.awaitJobRunning(id);
    return id;
  }

  /** The processes have the whole class path already, and no list of files means all of it. */
  static String emptyJar(Path folder) {
    Path jar = folder.resolve("nothing.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("nothing"));
      out.closeEntry();
      return jar.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the raw lake holds exactly what was acknowledged: each message once. */
  void awaitRaw() {
    await(
        () -> {
          List<Place> stored = places(raw());
          List<Place> refused = places(lake("raw_dead_letters"));
          return problem("raw events", stored, orders.orders())
              + problem("dead letters", refused, orders.poison());
        });
  }

  void awaitTable() {
    Map<String, String> table = Orders.table(orders.distinct());
    await(() -> difference(rows(), table));
  }

  /**
   * Waits, and if it is in vain tells what the jobs failed with: their logs go with the cluster.
   */
  private void await(Supplier<String> problem) {
    try {
      Await.until(problem);
    } catch (AssertionError e) {
      StringBuilder told = new StringBuilder(String.valueOf(e.getMessage()));
      for (String job : jobs) {
        told.append('\n').append(flink.restarts(job)).append(" restarts of ").append(job);
        told.append(": ").append(flink.failure(job));
      }
      throw new AssertionError(told.toString(), e);
    }
  }

  /**
   * What is wrong with the windows of some orders that begin before a time; later ones may be there
   * or not.
   */
  String windowsBefore(Instant end, List<Order> expected) {
    Map<String, String> table = Orders.table(expected);
    table.keySet().removeIf(key -> !isBefore(key, end));
    Map<String, String> rows = rows();
    rows.keySet().removeIf(key -> !isBefore(key, end));
    return difference(rows, table);
  }

  private static boolean isBefore(String key, Instant end) {
    return Instant.parse(key.substring(0, key.indexOf(' '))).isBefore(end);
  }

  /** The table as it is: {@code window shop -> count sum}. */
  Map<String, String> rows() {
    Map<String, String> rows = new TreeMap<>();
    for (Map<String, Object> row : read(table())) {
      String key =
          ((java.time.OffsetDateTime) row.get("window_start")).toInstant() + " " + row.get("shop");
      String value =
          row.get("orders")
              + " "
              + ((java.math.BigDecimal) row.get("amount")).stripTrailingZeros().toPlainString();
      if (rows.put(key, value) != null) {
        throw new AssertionError(key + " is in the table twice");
      }
    }
    return rows;
  }

  static List<Map<String, Object>> read(ConnectorUri table) {
    try {
      return LakeRows.read(table);
    } catch (UnreachableException e) {
      return List.of();
    }
  }

  static List<Place> places(ConnectorUri table) {
    List<Place> places = new ArrayList<>();
    for (Map<String, Object> row : read(table)) {
      places.add(
          new Place(
              ((Number) row.get("ingest_partition")).intValue(),
              ((Number) row.get("ingest_offset")).longValue()));
    }
    return places;
  }

  /** What the test did and what came of it. */
  void told(String faults, String... ofJobs) {
    StringBuilder restarts = new StringBuilder();
    for (String job : ofJobs) {
      restarts.append(restarts.isEmpty() ? "" : " and ").append(flink.restarts(job));
    }
    System.out.printf(
        "  %s: %s, %s restarts, %,d messages acknowledged, 0 lost, 0 twice%n",
        name, faults, restarts, orders.acknowledged());
  }

  private static String problem(String what, List<Place> found, Map<Place, ?> expected) {
    Map<Place, Integer> counts = new HashMap<>();
    found.forEach(place -> counts.merge(place, 1, Integer::sum));
    long lost = expected.keySet().stream().filter(place -> !counts.containsKey(place)).count();
    long strange = counts.keySet().stream().filter(place -> !expected.containsKey(place)).count();
    long twice = counts.values().stream().filter(count -> count > 1).count();
    if (twice + strange > 0) {
      // It will not become right by waiting.
      throw new AssertionError(what + ": " + twice + " twice, " + strange + " never sent");
    }
    return lost == 0 ? "" : what + ": " + lost + " of " + expected.size() + " not there; ";
  }

  static String difference(Map<String, String> found, Map<String, String> expected) {
    if (found.equals(expected)) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    expected.forEach(
        (key, value) -> {
          if (!value.equals(found.get(key)) && text.length() < 500) {
            text.append(key).append(": expected ").append(value);
            text.append(", got ").append(found.get(key)).append("; ");
          }
        });
    found.forEach(
        (key, value) -> {
          if (!expected.containsKey(key) && text.length() < 500) {
            text.append(key).append(": expected none, got ").append(value).append("; ");
          }
        });
    return text.toString();
  }

  @Override
  public void close() {
    orders.close();
    for (String job : jobs) {
      boolean ended =
          flink.jobs().stream()
              .filter(each -> each.id().equals(job))
              .allMatch(each -> List.of("CANCELED", "FAILED", "FINISHED").contains(each.state()));
      if (!ended) {
        flink.cancel(job);
      }
    }
  }
}
