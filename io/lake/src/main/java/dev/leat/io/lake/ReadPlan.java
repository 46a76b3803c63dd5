package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a table: pieces of the files of one snapshot.
 *
 * @param snapshotId null if the table has none yet
 */
record ReadPlan(@Nullable Long snapshotId, List<ReadTask> tasks, ReadSize size) {
  static final long SPLIT_BYTES = 32L << 20;

  /**
   * @param uri for messages
   * @param snapshot null if the table has none yet
   * @param filter of files, by their metadata
   * @param splitBytes about how large pieces are
   * @throws UsageException if rows were deleted one by one
   */
  static ReadPlan of(
      ConnectorUri uri,
      Table table,
      @Nullable Snapshot snapshot,
      Expression filter,
      long splitBytes) {
    List<ReadTask> tasks = new ArrayList<>();
    if (snapshot == null) {
      return new ReadPlan(null, tasks, new ReadSize(0, 0, 0));
    }
    long files = 0;
    long bytes = 0;
    long rows = 0;
    TableScan scan = table.newScan().useSnapshot(snapshot.snapshotId()).filter(filter);
    try (CloseableIterable<FileScanTask> found = scan.planFiles()) {
      for (FileScanTask file : found) {
        if (!file.deletes().isEmpty()) {
          throw new UsageException(
              uri
                  + ": snapshot "
                  + snapshot.snapshotId()
                  + " has rows deleted one by one, which a table of Leat's never has; rewrite its"
                  + " data files first");
        }
        files++;
        rows += file.file().recordCount();
        for (FileScanTask piece : file.split(splitBytes)) {
          bytes += piece.length();
          tasks.add(
              ReadTask.of(
                  file.file().location(),
                  file.file().fileSizeInBytes(),
                  piece.start(),
                  piece.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ReadPlan(snapshot.snapshotId(), tasks, new ReadSize(files, bytes, rows));
  }

  /** The snapshot's id; empty if the table has none yet. */
  Optional<String> version() {
    return Optional.ofNullable(snapshotId).map(id -> Long.toString(id));
  }
}
