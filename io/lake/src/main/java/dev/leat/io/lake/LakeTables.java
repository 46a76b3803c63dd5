package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;

/** Tables of the lake, raw and derived: what they hold, and what lies beside them. */
public final class LakeTables {
  private static final Duration LEAST_AGE = Duration.ofHours(1);

  private LakeTables() {}

  /** Whether there is such a table. */
  public static boolean exists(ConnectorUri uri) {
    try (Warehouse.OpenTable open = Warehouse.findTable(LakeTable.parse(uri)).orElse(null)) {
      return open != null;
    }
  }

  /**
   * All versions that the table still has, newest first.
   *
   * @throws UnreachableException if there is no such table
   */
  public static List<TableVersion> history(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      TableMetadata metadata = TableRefs.metadata(open.table());
      Mainline mainline = Mainline.of(metadata);
      List<TableVersion> versions = new ArrayList<>();
      for (Snapshot snapshot : metadata.snapshots()) {
        versions.add(TableVersion.of(snapshot, metadata, mainline));
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

  /**
   * What {@link #sweepOrphans} would delete.
   *
   * @throws UnreachableException if there is no such table
   */
  public static OrphanFiles findOrphans(ConnectorUri uri, Duration age) {
    return Orphans.find(LakeTable.parse(uri), before(uri, age));
  }

  /**
   * Deletes the data files and staged files under the table's folder that no snapshot refers to and
   * that are older than {@code age}: what killed runs left behind. Its dead letters are a table of
   * their own. Choose an age above that of the longest run; where a live run may be restored, above
   * that of the oldest checkpoint or savepoint it may be restored from, since files staged before
   * it are committed after it. A live run that finds them swept stops, and has lost nothing:
   * started afresh it reads on from where the table stands.
   *
   * @param age 1 h or more
   * @return what was deleted
   * @throws UsageException if the age is less, or the files are not on a local disk
   * @throws UnreachableException if there is no such table
   */
  public static OrphanFiles sweepOrphans(ConnectorUri uri, Duration age) {
    return Orphans.sweep(LakeTable.parse(uri), before(uri, age));
  }

  private static Instant before(ConnectorUri uri, Duration age) {
    uri.allowParameters(Set.of("catalog"));
    if (age.compareTo(LEAST_AGE) < 0) {
      throw new UsageException("olderThan: expected 1h or more, got " + age.toSeconds() + "s");
    }
    return Instant.now().minus(age);
  }
}
