package dev.leat.testing.benchmarks.live;

import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Runs a contender that never ends until its table is complete, and then once more while events
 * come at half of the rate that it had: {@code INPUT OUTPUT SCRATCH COMMAND…}, where INPUT is what
 * {@link FlightTopic#describe} wrote and the command has the places of {@link LiveContender}.
 *
 * <p>In OUTPUT are then {@code table.jsonl}, and beside it in {@link #TOLD} how long that took, how
 * large the largest checkpoint was, and the latency if that was asked for.
 */
final class RunLive {
  static final String TOLD = "told";

  /** From the contender's start to its last new row. */
  static final String SECONDS = "seconds";

  static final String CHECKPOINT_BYTES = "checkpointBytes";

  /** Events a second that came when the latency was measured. */
  static final String PACE = "pace";

  /** A {@link Latency}; not there if it was not asked for, or if rows were missing. */
  static final String LATENCY = "latency";

  /** More than two checkpoints: so long no row may have come for the table to be complete. */
  private static final long QUIET_SECONDS = 25;

  /** So long none may have come for one that is not complete to be given up. */
  private static final long SILENT_SECONDS = 180;

  /** Until a contender has been compiled, from when it has started and caught up. */
  private static final long WARM_UP_SECONDS = 20;

  /** The flights of a fast contender run out before. */
  private static final long PACED_SECONDS = 60;

  private final Properties about;
  private final Path scratch;
  private final List<String> command;

  private RunLive(Properties about, Path scratch, List<String> command) {
    this.about = about;
    this.scratch = scratch;
    this.command = command;
  }

  public static void main(String[] args) throws Exception {
    Properties about = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
      about.load(in);
    }
    Path output = Files.createDirectories(Path.of(args[1]));
    Path told = Files.createDirectories(output.resolveSibling(TOLD));
    RunLive run = new RunLive(about, Path.of(args[2]), Stream.of(args).skip(3).toList());
    Completed completed = run.complete(output, told);
    if (about.containsKey("flights")) {
      run.latencyAt(completed.perSecond / 2, completed.firstRowNanos, told);
    }
  }

  /**
   * How a contender made its table.
   *
   * @param perSecond events, after the first row
   * @param firstRowNanos from its start
   */
  private record Completed(double perSecond, long firstRowNanos) {}

  /** Runs it until the table is complete. */
  private Completed complete(Path output, Path told) throws IOException, InterruptedException {
    long expected = rowsOfHours().values().stream().mapToInt(Integer::intValue).sum();
    Checkpoints checkpoints = new Checkpoints(scratch.resolve("checkpoints"));
    long start = System.nanoTime();
    long firstNew = 0;
    try (LiveContender contender =
            LiveContender.start(about, about.getProperty("topic"), scratch, command);
        RowsTopic rows = rows(contender)) {
      long quiet = 0;
      while (quiet < (rows.rows().size() >= expected ? QUIET_SECONDS : SILENT_SECONDS)) {
        contender.checkAlive();
        rows.poll();
        checkpoints.look();
        if (firstNew == 0 && !rows.rows().isEmpty()) {
          firstNew = rows.lastNew();
        }
        quiet = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - rows.lastNew());
      }
      Files.write(output.resolve("table.jsonl"), rows.rows());
      Files.writeString(told.resolve(SECONDS), Double.toString((rows.lastNew() - start) / 1e9));
      Files.writeString(told.resolve(CHECKPOINT_BYTES), Long.toString(checkpoints.most()));
      long events = Long.parseLong(about.getProperty("events"));
      return new Completed(events / ((rows.lastNew() - firstNew) / 1e9), firstNew - start);
    }
  }

  /**
   * Runs it anew, on a topic of its own. At half of its rate it catches up with what came before
   * its first row in as much time again.
   */
  private void latencyAt(double perSecond, long firstRowNanos, Path told)
      throws IOException, InterruptedException, ExecutionException {
    String topic = about.getProperty("topic") + "-paced-" + System.nanoTime();
    String bootstrap = about.getProperty("bootstrap");
    EmbeddedKafka.createTopic(bootstrap, topic, FlightTopic.PARTITIONS, Map.of());
    ClosedHours hours =
        new ClosedHours(
            FlightTopic.PARTITIONS,
            Duration.ofSeconds(Long.parseLong(about.getProperty("disorderSeconds"))));
    Path folder = Files.createDirectories(scratch.resolve("paced"));
    long from = System.nanoTime() + 2 * firstRowNanos + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
    long until = from + TimeUnit.SECONDS.toNanos(PACED_SECONDS);
    try (LiveContender contender = LiveContender.start(about, topic, folder, command);
        RowsTopic rows = rows(contender);
        PacedFlights flights = PacedFlights.start(about, topic, perSecond, hours)) {
      // Flights go on coming until the rows of the last hour that counts must be there.
      long end = until + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
      while (System.nanoTime() < end) {
        contender.checkAlive();
        flights.check();
        rows.poll();
      }
      Optional<Latency> latency =
          Latency.of(hours.closed(), rows.seen(), rowsOfHours(), from, until);
      if (latency.isPresent()) {
        Files.writeString(told.resolve(LATENCY), latency.get().line());
        Files.writeString(told.resolve(PACE), Double.toString(flights.sentPerSecond()));
      }
    } finally {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        admin.deleteTopics(List.of(topic)).all().get();
      }
    }
  }

  private RowsTopic rows(LiveContender contender) {
    return new RowsTopic(about.getProperty("bootstrap"), contender.rowsTopic());
  }

  private Map<Instant, Integer> rowsOfHours() throws IOException {
    Map<Instant, Integer> rows = new HashMap<>();
    try (Stream<String> lines = Files.lines(Path.of(about.getProperty("hourly")))) {
      lines.forEach(
          line -> rows.merge(Instant.parse(line.substring(0, line.indexOf('|'))), 1, Integer::sum));
    }
    return rows;
  }
}
