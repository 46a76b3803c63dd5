package dev.leat.pipelines.workflow;

import java.time.Duration;

/** How repeats are told. */
public sealed interface Deduplication {
  /**
   * By source and id.
   *
   * @param horizon how far apart in event time copies are found, 1 s to 30 d
   */
  record ById(Duration horizon) implements Deduplication {}

  /**
   * By source and the producer's own number; it also tells which numbers are missing.
   *
   * @param reportAfter how long a live run waits for a missing number, 1 s to 30 d
   */
  record BySequence(Duration reportAfter) implements Deduplication {}
}
