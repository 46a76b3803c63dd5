package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/** Lines of snapshots: each was made from the one before. */
final class Lines {
  private Lines() {}

  /** A snapshot and what it was made from, the newest first. */
  static Iterable<Snapshot> from(Table table, @Nullable Snapshot head) {
    return head == null ? List.of() : SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot);
  }

  /** Whether a snapshot is another one, or was made from it. */
  static boolean stands(Table table, @Nullable Snapshot head, long on) {
    for (Snapshot each : from(table, head)) {
      if (each.snapshotId() == on) {
        return true;
      }
    }
    return false;
  }

  /** The data files of a snapshot that can have such rows, with their statistics. */
  static List<DataFile> files(Table table, long snapshotId, Expression filter) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).filter(filter).includeColumnStats().planFiles()) {
      tasks.forEach(task -> files.add(task.file().copy()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /**
   * Makes a snapshot what readers see, if they still see {@code expected}: decided on the metadata
   * that is replaced.
   */
  static boolean moveMain(Table table, @Nullable Snapshot expected, long to) {
    TableOperations operations = ((HasTableOperations) table).operations();
    TableMetadata base = operations.refresh();
    if (!Objects.equals(base.currentSnapshot(), expected)) {
      return false;
    }
    TableMetadata moved =
        TableMetadata.buildFrom(base).setBranchSnapshot(to, SnapshotRef.MAIN_BRANCH).build();
    try {
      operations.commit(base, moved);
      return true;
    } catch (CommitFailedException e) {
      return false;
    } catch (CommitStateUnknownException e) {
      Snapshot now = operations.refresh().currentSnapshot();
      if (now == null || now.snapshotId() != to) {
        throw e;
      }
      return true;
    }
  }
}
