package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** Looks at tables of the lake, raw and derived. Writes nothing. */
public final class LakeTables {
  private LakeTables() {}

  /**
   * All versions that the table still has, newest first.
   *
   * @throws UnreachableException if there is no such table
   */
  public static List<TableVersion> history(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      Table table = open.table();
      List<TableVersion> versions = new ArrayList<>();
      for (Snapshot snapshot : table.snapshots()) {
        versions.add(version(snapshot, snapshot.equals(table.currentSnapshot())));
      }
      Collections.reverse(versions);
      return versions;
    }
  }

  /**
   * The Parquet files of the table's current version, sorted: for readers that know no Iceberg and
   * must not see files of other versions.
   *
   * @throws UnreachableException if there is no such table
   */
  public static List<String> dataFiles(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri));
        CloseableIterable<FileScanTask> tasks = open.table().newScan().planFiles()) {
      List<String> files = new ArrayList<>();
      tasks.forEach(task -> files.add(task.file().location()));
      Collections.sort(files);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TableVersion version(Snapshot snapshot, boolean current) {
    return new TableVersion(
        snapshot.snapshotId(),
        Instant.ofEpochMilli(snapshot.timestampMillis()),
        Optional.ofNullable(snapshot.operation()).orElse("unknown"),
        History.number(snapshot, SnapshotSummary.ADDED_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.DELETED_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.TOTAL_DATA_FILES_PROP),
        Optional.ofNullable(snapshot.summary().get(History.RUN_ID)),
        Optional.ofNullable(snapshot.summary().get(History.WORKFLOW)),
        current);
  }
}
