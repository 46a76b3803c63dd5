package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;
import org.jspecify.annotations.Nullable;

/** Finds the rows in a snapshot of the table that rows of a batch are rivals of. */
record Rivals(Table table, RowTarget target, RowKey key) {

  /** What is done with two rivals. */
  interface Visitor {
    /**
     * @param stored with its position in the file
     */
    void meet(FileScanTask file, LiveRow<Long> stored, LiveRow<Row> coming);
  }

  /** Reads the keys in the files that can hold rivals. */
  void each(Snapshot snapshot, RowBatch batch, Visitor visitor) {
    Set<Integer> ids = new HashSet<>();
    for (String name : key.placeColumns()) {
      ids.add(table.schema().findField(name).fieldId());
    }
    Schema places = TypeUtil.select(table.schema(), ids);
    for (FileScanTask file : files(snapshot, new RivalFilter(key, table.schema()).of(batch))) {
      Revisions revisions = revisions(file.file());
      StoredRows.each(
          table,
          file,
          places,
          (row, position) -> {
            LiveRow<Long> stored = key.stored(row, revisionOf(revisions, position), position);
            for (LiveRow<Row> coming : batch.ofGroup(stored)) {
              if (coming.rivals(stored)) {
                visitor.meet(file, stored, coming);
              }
            }
          });
    }
  }

  /** The files of which a filter may be true, with their statistics. */
  List<FileScanTask> files(Snapshot snapshot, Expression filter) {
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .useSnapshot(snapshot.snapshotId())
            .filter(filter)
            .includeColumnStats()
            .planFiles()) {
      List<FileScanTask> files = new ArrayList<>();
      tasks.forEach(files::add);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
  }

  /** Null if none are known; appended rows need none. */
  @Nullable Revisions revisions(DataFile file) {
    return key.appends() ? null : Revisions.of(table, file, target.version());
  }

  static long revisionOf(@Nullable Revisions revisions, long position) {
    return revisions == null ? LiveRow.UNKNOWN : revisions.at(position);
  }
}
