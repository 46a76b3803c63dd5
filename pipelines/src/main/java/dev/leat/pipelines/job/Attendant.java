package dev.leat.pipelines.job;

import java.util.Optional;

/** What is done while a live run goes on. */
@FunctionalInterface
public interface Attendant {
  /** For jobs that are known to have an end. */
  Attendant NOBODY =
      run -> {
        throw new IllegalStateException(run.name() + " has no end, and nobody stays with it");
      };

  /**
   * Stays with the run until it is stopped, or leaves it to its cluster.
   *
   * @return what was counted until then; empty if the run goes on without us
   * @throws JobFailedException if the run fails
   */
  Optional<Counts> attend(LiveRun run);
}
