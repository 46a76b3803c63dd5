package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a table are small, and which of them make one large file together: neighbours in
 * time, of one partition, and either without revisions or with those of one version of a workflow.
 *
 * <p>The files of a live run's rows stay as small as {@link RowFiles} makes them, because a commit
 * copies them. Left alone are files with rows that others deleted one by one, of another
 * partitioning, and dead letters without a lineage, which live ingest knows by their file.
 */
final class SmallFiles {
  private final Table table;
  private final long targetBytes;

  SmallFiles(Table table) {
    this.table = table;
    // As Iceberg calls it; its own default is 512 MiB.
    String asked = table.properties().get(TableProperties.WRITE_TARGET_FILE_SIZE_BYTES);
    this.targetBytes = asked == null ? StagingWriter.TARGET_BYTES : Long.parseLong(asked);
  }

  /**
   * Files that make one.
   *
   * @param partition as its folder is called
   * @param version of the workflow whose revisions all have; null if none has any
   */
  record Group(String partition, @Nullable String version, List<FileScanTask> tasks) {
    Set<DataFile> files() {
      Set<DataFile> files = new HashSet<>();
      tasks.forEach(task -> files.add(task.file()));
      return files;
    }

    long rows() {
      return tasks.stream().mapToLong(task -> task.file().recordCount()).sum();
    }

    long bytes() {
      return tasks.stream().mapToLong(task -> task.file().fileSizeInBytes()).sum();
    }
  }

  /** Of what a file is the neighbour of another. */
  private record Kind(String partition, @Nullable String version) {}

  /** Of two files or more each, partition by partition. */
  List<Group> in(Snapshot snapshot) {
    Map<Kind, List<FileScanTask>> byKind = new LinkedHashMap<>();
    each(
        snapshot,
        task -> {
          if (isPlain(task) && task.file().fileSizeInBytes() < targetBytes / 4 * 3) {
            String version = isDerived() ? Revisions.versionOf(table, task.file()) : null;
            if (version == null || RowFiles.hasRoom(task.file())) {
              String partition = PartitionPath.of(table.spec(), task.file().partition());
              byKind
                  .computeIfAbsent(new Kind(partition, version), unused -> new ArrayList<>())
                  .add(task);
            }
          }
        });
    List<Group> groups = new ArrayList<>();
    byKind.forEach((kind, tasks) -> pack(kind, tasks, groups));
    return groups;
  }

  /** All files of a snapshot, with their statistics. */
  void each(Snapshot snapshot, Consumer<FileScanTask> visitor) {
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).includeColumnStats().planFiles()) {
      tasks.forEach(visitor);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
  }

  private void pack(Kind kind, List<FileScanTask> tasks, List<Group> groups) {
    tasks.sort(Comparator.comparingLong(this::first).thenComparing(task -> task.file().location()));
    long mostBytes = kind.version() == null ? targetBytes : RowFiles.MAX_BYTES;
    long mostRows = kind.version() == null ? Long.MAX_VALUE : RowFiles.MAX_ROWS;
    Group open = new Group(kind.partition(), kind.version(), new ArrayList<>());
    for (FileScanTask task : tasks) {
      if (open.bytes() + task.file().fileSizeInBytes() > mostBytes
          || open.rows() + task.file().recordCount() > mostRows) {
        close(open, groups);
        open = new Group(kind.partition(), kind.version(), new ArrayList<>());
      }
      open.tasks().add(task);
    }
    close(open, groups);
  }

  private static void close(Group group, List<Group> groups) {
    if (group.tasks().size() > 1) {
      groups.add(group);
    }
  }

  private boolean isPlain(FileScanTask task) {
    return task.deletes().isEmpty()
        && task.file().format() == FileFormat.PARQUET
        && task.file().specId() == table.spec().specId()
        && !(isLetters() && task.file().partition().get(0, Object.class) == null);
  }

  private boolean isLetters() {
    return table.schema().findField("reason") != null
        && table.schema().findField("ingest_time") != null
        && !table.spec().isUnpartitioned();
  }

  private boolean isDerived() {
    return RowPartition.of(table.spec()).isPresent() && !isLetters();
  }

  /** When a file's rows begin, as far as its statistics tell. */
  private long first(FileScanTask task) {
    for (String name : List.of("time", RowPartition.WINDOW_START, "ingest_time")) {
      Types.NestedField column = table.schema().findField(name);
      var bounds = task.file().lowerBounds();
      if (column != null
          && column.type().typeId() == org.apache.iceberg.types.Type.TypeID.TIMESTAMP
          && bounds != null
          && bounds.get(column.fieldId()) != null) {
        return Conversions.<Long>fromByteBuffer(
            column.type(), Objects.requireNonNull(bounds.get(column.fieldId())));
      }
    }
    return Long.MIN_VALUE;
  }
}
