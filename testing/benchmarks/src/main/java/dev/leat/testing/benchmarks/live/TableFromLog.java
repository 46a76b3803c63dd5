package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.Leat;
import dev.leat.testing.benchmarks.compare.Contender;
import dev.leat.testing.benchmarks.compare.RowCheck;
import dev.leat.testing.benchmarks.compare.Task;
import dev.leat.testing.benchmarks.compare.Workload;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.table.TableRows;
import dev.leat.testing.benchmarks.table.Workflow;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** W2: a topic that is read live becomes a table, in another topic. */
public final class TableFromLog implements Workload {
  private static final int HORIZON_DAYS = 7;
  private static final int DAYS = 90;
  private static final double NEW_SHARE = 0.95;

  private final Leat leat;
  private final Path data;
  private final Map<Long, Path> topics = new HashMap<>();
  private @Nullable EmbeddedKafka kafka;

  /**
   * @param data a folder for the flights
   */
  public TableFromLog(Leat leat, Path data) {
    this.leat = leat;
    this.data = data;
  }

  @Override
  public String name() {
    return "W2";
  }

  @Override
  public String title() {
    return "Kafka to a table, live";
  }

  @Override
  public String description() {
    return "The flights of W1 in a topic of two partitions, read live with a checkpoint every 10 s:"
        + " repeats are dropped by id within seven days of event time, hours are counted and summed"
        + " by origin, and each row is a message of another topic, written at least once, as soon"
        + " as the watermark has passed its hour. The time is that from the start of the process to"
        + " the last row. Then the same flights come at half of the rate that this contender had,"
        + " and p50, p95 and p99 are of the time from the event that makes an hour complete, stored"
        + " by the broker, to each row of that hour as a consumer sees it, over a minute or"
        + " until the flights run out.";
  }

  @Override
  public List<Long> sizes() {
    return List.of(12_000_000L);
  }

  /**
   * Of fewer, repeats would be of flights before the horizon, so that what is right would depend on
   * how far one task is ahead of another.
   */
  @Override
  public long startUpSize() {
    return 300_000;
  }

  @Override
  public List<Contender> contenders() {
    return List.of(
        leat.contender(
                "`./leat run flights.yaml --source=kafka:… --sink=kafka:…`, FlinkRunner, embedded,"
                    + " parallelism 2, state in memory",
                TableFromLog::leatArguments)
            .through(TableFromLog::wrapped),
        Contender.inJava(
                "beam",
                "stock Beam",
                "KafkaIO with CustomTimestampPolicyWithLimitedDelay, the same parser as below, an"
                    + " own coder, Deduplicate by id in event time, FixedWindows, Combine.perKey,"
                    + " KafkaIO; FlinkRunner as above with bundles of 10,000 elements, objectReuse and"
                    + " fasterCopy",
                StockBeam.class,
                PLACES)
            .through(TableFromLog::wrapped),
        Contender.inJava(
                "flink",
                "native Flink",
                "KafkaSource, Jackson's streaming parser, a value and a timer for each id,"
                    + " event-time windows, KafkaSink; embedded, parallelism 2, object reuse, state"
                    + " in memory",
                NativeFlink.class,
                PLACES)
            .through(TableFromLog::wrapped));
  }

  /** What {@link RunLive} fills in. */
  private static final List<String> PLACES =
      List.of("@bootstrap@", "@topic@", "@rows@", "@disorderSeconds@", "@scratch@");

  private static List<String> leatArguments(Task task) {
    return List.of(
        "run",
        Workflow.in(task.scratch()).toString(),
        "--source=kafka://@bootstrap@/@topic@?disorder=@disorderSeconds@s",
        "--sink=kafka://@bootstrap@/@rows@",
        "--runner=FlinkRunner",
        "--parallelism=2",
        "--stateBackendStoragePath=file:@scratch@/checkpoints");
  }

  private static List<String> wrapped(Task task, List<String> command) {
    List<String> wrapped = new ArrayList<>();
    wrapped.add(ProcessHandle.current().info().command().orElse("java"));
    wrapped.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    wrapped.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    wrapped.addAll(List.of("-cp", System.getProperty("java.class.path")));
    wrapped.add(RunLive.class.getName());
    wrapped.addAll(
        List.of(task.input().toString(), task.output().toString(), task.scratch().toString()));
    wrapped.addAll(command);
    return wrapped;
  }

  @Override
  public Path input(long events) throws IOException {
    Path known = topics.get(events);
    if (known != null) {
      return known;
    }
    FlightFiles flights = FlightFiles.in(data, events);
    Path about = flights.folder().resolveSibling("topic.properties");
    EmbeddedKafka broker = kafka();
    FlightTopic.in(broker, flights).describe(broker, flights, events > startUpSize(), about);
    topics.put(events, about);
    return about;
  }

  /** Ends with this process. */
  private EmbeddedKafka kafka() {
    EmbeddedKafka running = kafka;
    if (running == null) {
      running = new EmbeddedKafka();
      running.start();
      kafka = running;
    }
    return running;
  }

  @Override
  public double seconds(Path output, double whole) throws IOException {
    Path told = output.resolveSibling(RunLive.TOLD);
    return Double.parseDouble(Files.readString(told.resolve(RunLive.SECONDS)));
  }

  @Override
  public Map<String, Double> figures(Path output, long events) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    Path told = output.resolveSibling(RunLive.TOLD);
    double bytes = Double.parseDouble(Files.readString(told.resolve(RunLive.CHECKPOINT_BYTES)));
    figures.put("checkpoint, bytes/id", bytes * DAYS / (events * NEW_SHARE * HORIZON_DAYS));
    Path latency = told.resolve(RunLive.LATENCY);
    if (Files.exists(latency)) {
      Latency found = Latency.parse(Files.readString(latency));
      figures.put("at events/s", Double.parseDouble(Files.readString(told.resolve(RunLive.PACE))));
      figures.put("p50, ms", found.p50());
      figures.put("p95, ms", found.p95());
      figures.put("p99, ms", found.p99());
    }
    return figures;
  }

  @Override
  public long differences(Path output, long events) throws IOException {
    return RowCheck.differences(FlightFiles.in(data, events).hourly(), TableRows.read(output));
  }
}
