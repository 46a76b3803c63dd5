package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * The windows that a live run has named as lacking late events, in the table beside the derived
 * one, since a version of that table.
 *
 * @param version of the table that was looked at; empty if there is none
 * @param starts in epoch milliseconds
 */
record LateWindows(Optional<Long> version, Set<Long> starts) {

  /**
   * @param version if it is not known any more, all windows are new
   */
  static LateWindows since(LakeTable derived, Optional<String> version) {
    try (Warehouse.OpenTable open = Warehouse.findTable(derived.late()).orElse(null)) {
      Snapshot now = open == null ? null : open.table().currentSnapshot();
      if (open == null || now == null || !hasWindows(open.table())) {
        return new LateWindows(Optional.empty(), Set.of());
      }
      Table table = open.table();
      Snapshot before = version.map(id -> table.snapshot(Long.parseLong(id))).orElse(null);
      return new LateWindows(Optional.of(now.snapshotId()), newIn(table, before, now));
    }
  }

  /** The version of the table of late events now; empty if there is none. */
  static Optional<Long> currentOf(LakeTable derived) {
    try (Warehouse.OpenTable open = Warehouse.findTable(derived.late()).orElse(null)) {
      return Optional.ofNullable(open)
          .map(it -> it.table().currentSnapshot())
          .map(Snapshot::snapshotId);
    }
  }

  private static boolean hasWindows(Table table) {
    return table.schema().findField(RowPartition.WINDOW_START) != null;
  }

  /** Live rows are added by copying files, so what is new is told by how many rows there are. */
  private static Set<Long> newIn(Table table, @Nullable Snapshot before, Snapshot now) {
    Map<String, FileScanTask> earlier = before == null ? Map.of() : files(table, before);
    Map<String, FileScanTask> later = files(table, now);
    Map<Long, Integer> more = new HashMap<>();
    later.forEach(
        (location, file) -> {
          if (!earlier.containsKey(location)) {
            count(table, file, 1, more);
          }
        });
    earlier.forEach(
        (location, file) -> {
          if (!later.containsKey(location)) {
            count(table, file, -1, more);
          }
        });
    Set<Long> starts = new HashSet<>();
    more.forEach(
        (start, count) -> {
          if (count > 0) {
            starts.add(start);
          }
        });
    return starts;
  }

  private static void count(Table table, FileScanTask file, int each, Map<Long, Integer> counts) {
    Schema start = table.schema().select(RowPartition.WINDOW_START);
    StoredRows.each(
        table,
        file,
        start,
        (row, position) -> {
          if (row.get(0) instanceof OffsetDateTime time) {
            counts.merge(time.toInstant().toEpochMilli(), each, Integer::sum);
          }
        });
  }

  private static Map<String, FileScanTask> files(Table table, Snapshot snapshot) {
    Map<String, FileScanTask> files = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      tasks.forEach(task -> files.put(task.file().location(), task));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
    return files;
  }
}
