package dev.leat.io.lake;

import dev.leat.io.spi.ReadSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;

/**
 * How fast a run, or a chunk of a backfill, made rows of a table, as its commit recorded it.
 *
 * @param committed when it ended
 * @param workflow its name, if the commit has it
 * @param runner where it ran
 * @param cores that it could use
 * @param inputRows that it read of the raw table
 * @param duration from the begin of its work until its commit
 */
public record RunSpeed(
    Instant committed,
    String workflow,
    String runner,
    int cores,
    long inputRows,
    Duration duration) {

  private static final String STARTED = "started";
  private static final String RUNNER = "runner";
  private static final String CORES = "cores";
  private static final String INPUT_ROWS = "input-rows";
  private static final String INPUT_BYTES = "input-bytes";

  /**
   * The properties by which a commit records it, of work that begins now.
   *
   * @param cores that it can use
   * @param input what it reads of the raw table
   */
  public static Map<String, String> begun(String runner, int cores, ReadSize input) {
    return Map.of(
        STARTED, Long.toString(System.currentTimeMillis()),
        RUNNER, runner,
        CORES, Integer.toString(cores),
        INPUT_ROWS, Long.toString(input.rows()),
        INPUT_BYTES, Long.toString(input.bytes()));
  }

  static Optional<RunSpeed> of(Snapshot snapshot) {
    long started = History.number(snapshot, History.PREFIX + STARTED);
    long rows = History.number(snapshot, History.PREFIX + INPUT_ROWS);
    String runner = snapshot.summary().get(History.PREFIX + RUNNER);
    if (started <= 0 || rows <= 0 || runner == null || snapshot.timestampMillis() <= started) {
      return Optional.empty();
    }
    return Optional.of(
        new RunSpeed(
            Instant.ofEpochMilli(snapshot.timestampMillis()),
            snapshot.summary().getOrDefault(History.WORKFLOW, ""),
            runner,
            Math.toIntExact(Math.max(1, History.number(snapshot, History.PREFIX + CORES))),
            rows,
            Duration.ofMillis(snapshot.timestampMillis() - started)));
  }
}
