package dev.leat.io.lake;

import com.google.common.collect.Sets;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * The files of a source whose events are in one of two snapshots and not in the other; perhaps some
 * whose events are in both. Compaction changes no events, and the expiry of old partitions is no
 * news.
 *
 * @param files with column statistics
 * @param isAdditive whether events were only added
 */
record SourceChanges(List<DataFile> files, boolean isAdditive) {
  private static final SourceChanges NONE = new SourceChanges(List.of(), true);

  /**
   * Of a raw table: where the later snapshot stands on the earlier one, the files that were
   * appended between. Where it does not, as after a rollback, the files that only one of the two
   * has.
   *
   * @param from a snapshot's id
   * @throws UsageException if the table no longer knows the earlier snapshot
   */
  static SourceChanges ofRaw(LakeTable name, Table table, long from, Snapshot to) {
    if (to.snapshotId() == from) {
      return NONE;
    }
    List<Snapshot> since = new ArrayList<>();
    for (Snapshot each : Lines.from(table, to)) {
      since.add(each);
      // The earlier one itself may be expired: what came after it is known whole.
      if (each.parentId() != null && each.parentId() == from) {
        return since.stream().allMatch(SourceChanges::isOrderly)
            ? new SourceChanges(appended(table, since), true)
            : differing(table, known(name, table, from), to);
      }
    }
    return differing(table, known(name, table, from), to);
  }

  /**
   * Of a table whose partitions are replaced: the files that only one of two snapshots has, in each
   * stretch of history without compaction or expiry.
   *
   * @param from a snapshot's id
   * @throws UsageException if the table no longer knows the earlier snapshot, whose files tell what
   *     was taken away
   */
  static SourceChanges ofRows(LakeTable name, Table table, long from, Snapshot to) {
    if (to.snapshotId() == from) {
      return NONE;
    }
    Snapshot earlier = known(name, table, from);
    if (!Lines.stands(table, to, from)) {
      return differing(table, earlier, to);
    }
    List<SourceChanges> stretches = new ArrayList<>();
    Optional<Snapshot> end = Optional.empty();
    for (Snapshot each : Lines.from(table, to)) {
      boolean isNews = each.snapshotId() != from && isNews(each);
      if (isNews && end.isEmpty()) {
        end = Optional.of(each);
      } else if (!isNews && end.isPresent()) {
        stretches.add(differing(table, each, end.get()));
        end = Optional.empty();
      }
      if (each.snapshotId() == from) {
        break;
      }
    }
    return joined(stretches);
  }

  private static SourceChanges joined(List<SourceChanges> stretches) {
    Map<String, DataFile> files = new LinkedHashMap<>();
    stretches.forEach(each -> each.files().forEach(file -> files.put(file.location(), file)));
    return new SourceChanges(
        List.copyOf(files.values()), stretches.stream().allMatch(SourceChanges::isAdditive));
  }

  private static boolean isOrderly(Snapshot snapshot) {
    return Set.of(DataOperations.APPEND, DataOperations.REPLACE, DataOperations.DELETE)
        .contains(snapshot.operation());
  }

  private static boolean isNews(Snapshot snapshot) {
    // A run, too, may only remove rows; and whoever is not Leat's expiry means it.
    boolean isExpiry =
        DataOperations.DELETE.equals(snapshot.operation())
            && snapshot.summary().containsKey(History.COMMIT_ID)
            && !snapshot.summary().containsKey(History.RUN_ID);
    return !isExpiry && !DataOperations.REPLACE.equals(snapshot.operation());
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

  private static Snapshot known(LakeTable name, Table table, long id) {
    Snapshot snapshot = table.snapshot(id);
    if (snapshot == null) {
      throw new UsageException(
          name
              + ": version "
              + id
              + ", from which to go on, is expired or was never in this table; run the workflow"
              + " without --incremental once, which recomputes everything");
    }
    return snapshot;
  }

  private static SourceChanges differing(Table table, Snapshot from, Snapshot to) {
    Map<String, DataFile> before = files(table, from);
    Map<String, DataFile> after = files(table, to);
    List<DataFile> files = new ArrayList<>();
    Sets.difference(after.keySet(), before.keySet()).forEach(file -> files.add(after.get(file)));
    Sets.difference(before.keySet(), after.keySet()).forEach(file -> files.add(before.get(file)));
    return new SourceChanges(files, before.keySet().stream().allMatch(after::containsKey));
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
