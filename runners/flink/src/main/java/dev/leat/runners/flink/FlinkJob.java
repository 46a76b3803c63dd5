package dev.leat.runners.flink;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A job that a cluster knows, as it was when it was asked.
 *
 * @param id Flink's, 32 hexadecimal digits
 * @param name not unique
 * @param state Flink's word: {@code RUNNING}, {@code RESTARTING}, {@code FINISHED}, {@code FAILED},
 *     {@code CANCELED}, …
 * @param started when the cluster took it
 * @param restarts since then, after failures; empty if the cluster does not tell, as it does not of
 *     a job that is over
 * @param lastCheckpoint the newest checkpoint or savepoint that a job can go on from
 */
public record FlinkJob(
    String id,
    String name,
    String state,
    Instant started,
    OptionalLong restarts,
    Optional<Checkpoint> lastCheckpoint) {
  private static final Set<String> OVER = Set.of("FINISHED", "CANCELED", "FAILED");

  /** Whether it will never run again; one that is being restarted is not over. */
  public boolean isOver() {
    return isOver(state);
  }

  static boolean isOver(String state) {
    return OVER.contains(state);
  }

  /**
   * What a job can go on from, with {@code --savepointPath}.
   *
   * @param path of the folder or file that holds it
   * @param begun it has everything up to here, and may have a little more
   */
  public record Checkpoint(URI path, Instant begun) {}
}
