package dev.leat.io.lake;

import com.google.common.collect.Sets;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * The files of a raw table whose events are in one of two snapshots and not in the other; perhaps
 * some whose events are in both.
 *
 * <p>Where the later snapshot stands on the earlier one, they are the files that were appended
 * between: compaction changes no events, and the expiry of old partitions is no news. Where it does
 * not, as after a rollback, they are the files that only one of the two has.
 *
 * @param files with column statistics
 * @param isAdditive whether events were only added
 */
record RawChanges(List<DataFile> files, boolean isAdditive) {

  /**
   * @param from a snapshot's id
   * @throws UsageException if the table no longer knows the earlier snapshot
   */
  static RawChanges between(LakeTable name, Table table, long from, Snapshot to) {
    if (to.snapshotId() == from) {
      return new RawChanges(List.of(), true);
    }
    List<Snapshot> since = new ArrayList<>();
    for (Snapshot each = to; each != null; each = parent(table, each)) {
      since.add(each);
      // The earlier one itself may be expired: what came after it is known whole.
      if (each.parentId() != null && each.parentId() == from) {
        return since.stream().allMatch(RawChanges::isOrderly)
            ? new RawChanges(appended(table, since), true)
            : differing(name, table, from, to);
      }
    }
    return differing(name, table, from, to);
  }

  private static @Nullable Snapshot parent(Table table, Snapshot snapshot) {
    return snapshot.parentId() == null ? null : table.snapshot(snapshot.parentId());
  }

  private static boolean isOrderly(Snapshot snapshot) {
    return Set.of(DataOperations.APPEND, DataOperations.REPLACE, DataOperations.DELETE)
        .contains(snapshot.operation());
  }

  private static List<DataFile> appended(Table table, List<Snapshot> snapshots) {
    List<DataFile> files = new ArrayList<>();
    for (Snapshot snapshot : snapshots) {
      if (DataOperations.APPEND.equals(snapshot.operation())) {
        files.addAll(addedBy(snapshot, table));
      }
    }
    return files;
  }

  /** A manifest that a snapshot wrote can hold files of earlier ones too. */
  private static List<DataFile> addedBy(Snapshot snapshot, Table table) {
    List<DataFile> added = new ArrayList<>();
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      if (manifest.snapshotId() == null || manifest.snapshotId() != snapshot.snapshotId()) {
        continue;
      }
      try (ManifestReader<DataFile> files =
          ManifestFiles.read(manifest, table.io(), table.specs())) {
        for (DataFile file : files) {
          Long sequence = file.fileSequenceNumber();
          if (sequence == null || sequence == snapshot.sequenceNumber()) {
            added.add(file);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read what was added to " + table.name(), e);
      }
    }
    return added;
  }

  private static RawChanges differing(LakeTable name, Table table, long from, Snapshot to) {
    Snapshot earlier = table.snapshot(from);
    if (earlier == null) {
      throw new UsageException(
          name
              + ": version "
              + from
              + ", from which to go on, is expired or was never in this table; run the workflow"
              + " without --incremental once, which recomputes everything");
    }
    Map<String, DataFile> before = files(table, earlier);
    Map<String, DataFile> after = files(table, to);
    List<DataFile> files = new ArrayList<>();
    Sets.difference(after.keySet(), before.keySet()).forEach(file -> files.add(after.get(file)));
    Sets.difference(before.keySet(), after.keySet()).forEach(file -> files.add(before.get(file)));
    return new RawChanges(files, before.keySet().stream().allMatch(after::containsKey));
  }

  private static Map<String, DataFile> files(Table table, Snapshot snapshot) {
    Map<String, DataFile> files = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).includeColumnStats().planFiles()) {
      tasks.forEach(task -> files.put(task.file().location(), task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
    return files;
  }
}
