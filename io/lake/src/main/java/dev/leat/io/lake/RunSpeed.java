package dev.leat.io.lake;

import java.time.Duration;
import java.time.Instant;
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

  /** The summary's entries that hold it, beside those that every commit has. */
  public static final String STARTED = "started";

  public static final String RUNNER = "runner";
  public static final String CORES = "cores";
  public static final String INPUT_ROWS = "input-rows";
  public static final String INPUT_BYTES = "input-bytes";

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
