package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.range.LongRanges;
import dev.leat.window.WindowSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The part of a derived table that touched windows are in, and the events that it is made of.
 *
 * @param source what the rows are to be made of
 * @param from where the table's rows were those of its source
 */
record RecomputedPart(
    SourceTable source,
    Table derived,
    SourceBookmark from,
    WindowSpec windows,
    RowPartition partition) {

  /**
   * @param isAdditive whether events were only added, so that sessions only grow and are joined
   * @return empty if the source no longer has all the events that any of the partitions is made of
   */
  Optional<Increment.Part> around(TouchedTimes touched, boolean isAdditive) {
    boolean sessions = windows.kind() == WindowSpec.Kind.SESSION;
    LongRanges changed = LongRanges.copyOf(touched.spans());
    NavigableSet<Instant> partitions = new TreeSet<>(touched.partitions());
    PublishedSessions published = new PublishedSessions(derived, versions());
    if (sessions) {
      published.meeting(
          touched.spans(),
          (start, end) -> {
            changed.add(start, end);
            // What is taken out of a session can leave another one that starts at any time in it.
            partitions.addAll(partitionsIn(start, isAdditive ? start : end - 1));
          });
    }
    int touchedPartitions = partitions.size();
    long complete = source.completeFrom();
    partitions.removeIf(begin -> firstEvent(begin) < complete);
    if (partitions.isEmpty()) {
      return Optional.empty();
    }
    TimeRanges starts = TimeRanges.of(partitions.stream().map(partition::rangeFrom).toList());
    List<TimeRange> times = new ArrayList<>();
    for (TimeRange range : starts.ranges()) {
      LongRanges.Range span =
          new LongRanges.Range(range.start().toEpochMilli(), range.end().toEpochMilli());
      times.add(sessions ? ofSessions(span, published, changed) : ofWindows(span));
    }
    TimeRanges events = TimeRanges.of(times);
    return Optional.of(
        new Increment.Part(
            starts,
            events,
            partitions.size(),
            touchedPartitions - partitions.size(),
            rowsBeside(starts),
            source.hasEventsFrom(events.hull().end())));
  }

  /** When the first event can be that a partition is made of, or that must be seen beside it. */
  private long firstEvent(Instant begin) {
    return windows.kind() == WindowSpec.Kind.SESSION
        ? begin.toEpochMilli() - windows.size().toMillis()
        : firstStart(begin.toEpochMilli());
  }

  /** The first start of a window that is not before a time. */
  private long firstStart(long millis) {
    return windows.lastStart(millis + windows.period().toMillis() - 1);
  }

  /** Where the sessions are looked for: as they are, and as they were when all was right. */
  private List<Snapshot> versions() {
    List<Snapshot> versions = new ArrayList<>();
    versions.add(derived.currentSnapshot());
    History.ofRun(derived, from.runId())
        .filter(marked -> marked.snapshotId() != derived.currentSnapshot().snapshotId())
        .ifPresent(versions::add);
    return versions;
  }

  private NavigableSet<Instant> partitionsIn(long first, long last) {
    NavigableSet<Instant> begins = new TreeSet<>();
    Instant end = Instant.ofEpochMilli(last);
    for (Instant each = partition.beginOf(Instant.ofEpochMilli(first));
        !each.isAfter(end);
        each = partition.rangeFrom(each).end()) {
      begins.add(each);
    }
    return begins;
  }

  /** Of all windows that start in a span, from the first's start to the last's end. */
  private TimeRange ofWindows(LongRanges.Range span) {
    long last = windows.lastStart(span.end() - 1);
    return range(firstStart(span.start()), last + windows.size().toMillis());
  }

  /**
   * A session that comes into the span from before has two events less than a gap apart, one before
   * the span and one in it: with a gap more it is seen that it starts outside. A session that
   * starts in the span ends, if it did not change, where it was published to, and if it did, where
   * the changed ones together do.
   */
  private TimeRange ofSessions(
      LongRanges.Range span, PublishedSessions published, LongRanges changed) {
    long[] end = {span.end()};
    published.startingIn(span, (start, sessionEnd) -> end[0] = Math.max(end[0], sessionEnd));
    for (LongRanges.Range each : changed.ranges()) {
      if (each.start() < span.end() && each.end() > span.start()) {
        end[0] = Math.max(end[0], each.end());
      }
    }
    return range(firstEvent(Instant.ofEpochMilli(span.start())), end[0]);
  }

  private static TimeRange range(long start, long end) {
    return TimeRange.of(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  private long rowsBeside(TimeRanges starts) {
    long within = 0;
    try (CloseableIterable<FileScanTask> tasks =
        derived.newScan().filter(Replacement.startingIn(starts)).planFiles()) {
      for (FileScanTask task : tasks) {
        within += task.file().recordCount();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + derived.name(), e);
    }
    return History.number(derived.currentSnapshot(), SnapshotSummary.TOTAL_RECORDS_PROP) - within;
  }
}
