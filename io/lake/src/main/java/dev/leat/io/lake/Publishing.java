package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;

/** How an attempt to publish a backfill ended. */
public sealed interface Publishing {
  /**
   * Readers see it now.
   *
   * @param before what they saw; empty if nothing
   */
  record Done(long snapshotId, Optional<Long> before) implements Publishing {}

  /** They saw it already. */
  record Already(long snapshotId) implements Publishing {}

  /** The table is not what the backfill was begun on: nothing was published. */
  record Moved(ImmutableList<Movement> since) implements Publishing {
    Moved(List<Movement> since) {
      this(ImmutableList.copyOf(since));
    }
  }
}
