package dev.leat.io.lake;

import dev.leat.io.spi.TimeRanges;
import java.util.Map;
import java.util.Optional;

/**
 * What an incremental run has to do.
 *
 * @param to the snapshot of the source that the table agrees with afterwards
 * @param newFiles data files that the source has more than at the bookmark, or other ones
 * @param lateWindows windows that a live run has named since, because they lack late events
 * @param recomputed the part of the table to make anew; absent if that is all of it, or nothing
 * @param bytesLookedAt what was read of the source to find out, as it is stored
 * @param lateVersion the snapshot of the table of late events that was seen to
 */
public record Increment(
    long to,
    int newFiles,
    int lateWindows,
    Optional<Part> recomputed,
    long bytesLookedAt,
    Optional<Long> lateVersion) {

  /**
   * A part of a derived table, made of whole partitions.
   *
   * @param windowStarts when its rows' windows start
   * @param eventTimes of the events that are in those windows, and of what must be seen beside them
   * @param partitions how many of the derived table
   * @param expiredPartitions how many that were touched are left as they are, because the source no
   *     longer has all their events
   * @param rowsBeside how many rows the table has outside
   * @param isFollowed whether the source has events after all of these, so that no window is still
   *     filling
   */
  public record Part(
      TimeRanges windowStarts,
      TimeRanges eventTimes,
      int partitions,
      int expiredPartitions,
      long rowsBeside,
      boolean isFollowed) {}

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return newFiles == 0 && lateWindows == 0;
  }

  static Increment nothing(long to, Optional<Long> lateVersion) {
    return new Increment(to, 0, 0, Optional.empty(), 0, lateVersion);
  }

  /** What the commit must remember, beside what the workflow wants remembered. */
  public Map<String, String> properties() {
    String version = Long.toString(to);
    return lateVersion.isEmpty()
        ? Map.of(SourceBookmark.PROPERTY, version)
        : Map.of(
            SourceBookmark.PROPERTY, version, SourceBookmark.LATE, lateVersion.get().toString());
  }
}
