package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Compares two versions by the files that only one of them has, partition by partition: see {@link
 * TableDiff}.
 */
final class CompareVersions {
  /** Rows that are compared in memory together. */
  static final int MAX_ROWS = 500_000;

  private final Table table;
  private final int examples;
  private final int maxRows;

  CompareVersions(Table table, int examples) {
    this(table, examples, MAX_ROWS);
  }

  CompareVersions(Table table, int examples, int maxRows) {
    this.table = table;
    this.examples = examples;
    this.maxRows = maxRows;
  }

  TableDiff of(String from, String to, List<String> askedKey) {
    TableMetadata metadata = TableRefs.metadata(table);
    Snapshot first = VersionName.find(metadata, "A", from);
    Snapshot second = VersionName.find(metadata, "B", to);
    List<String> key = askedKey.isEmpty() ? rememberedKey(metadata, second) : checked(askedKey);

    Map<String, FileScanTask> before = files(first);
    Map<String, FileScanTask> after = files(second);
    Set<String> shared = new HashSet<>(Sets.intersection(before.keySet(), after.keySet()));
    before.keySet().removeAll(shared);
    after.keySet().removeAll(shared);

    DiffRows diff = new DiffRows(table, key, examples);
    Map<String, DiffRows.Part> parts = parts(before, after, key);
    for (DiffRows.Part part : parts.values()) {
      long passes = Math.max(1, (part.rows() + maxRows - 1) / maxRows);
      for (int pass = 0; pass < passes; pass++) {
        diff.compare(part, pass, Math.toIntExact(passes));
      }
    }
    return new TableDiff(
        first.snapshotId(),
        second.snapshotId(),
        ImmutableList.copyOf(key),
        diff.added(),
        diff.removed(),
        diff.changed(),
        partitions(before, after),
        before.size() + after.size(),
        ImmutableList.copyOf(diff.examples()));
  }

  /**
   * What is compared together: all files of a partition, if rows that have a key in common are in
   * one partition.
   */
  private Map<String, DiffRows.Part> parts(
      Map<String, FileScanTask> before, Map<String, FileScanTask> after, List<String> key) {
    Set<Integer> specs = new HashSet<>();
    before.values().forEach(task -> specs.add(task.file().specId()));
    after.values().forEach(task -> specs.add(task.file().specId()));
    boolean isApart = specs.size() <= 1 && (key.isEmpty() || key.containsAll(partitionedBy()));
    Map<String, DiffRows.Part> parts = new TreeMap<>();
    before.values().forEach(task -> partOf(task, isApart, parts).before().add(task));
    after.values().forEach(task -> partOf(task, isApart, parts).after().add(task));
    return parts;
  }

  private DiffRows.Part partOf(
      FileScanTask task, boolean isApart, Map<String, DiffRows.Part> parts) {
    return parts.computeIfAbsent(
        isApart ? partition(task) : "",
        unused -> new DiffRows.Part(new ArrayList<>(), new ArrayList<>()));
  }

  private List<String> partitionedBy() {
    return table.spec().fields().stream()
        .map(PartitionField::sourceId)
        .map(id -> table.schema().findColumnName(id))
        .toList();
  }

  private int partitions(Map<String, FileScanTask> before, Map<String, FileScanTask> after) {
    Set<String> partitions = new HashSet<>();
    before.values().forEach(task -> partitions.add(partition(task)));
    after.values().forEach(task -> partitions.add(partition(task)));
    return partitions.size();
  }

  private static String partition(FileScanTask task) {
    return PartitionPath.of(task.spec(), task.file().partition());
  }

  /** By location, with what others deleted in the file, which makes it another. */
  private Map<String, FileScanTask> files(Snapshot snapshot) {
    Map<String, FileScanTask> files = new LinkedHashMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        String deletes =
            task.deletes().stream()
                .map(ContentFile::location)
                .sorted()
                .collect(Collectors.joining("\n"));
        files.put(task.file().location() + "\n" + deletes, task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
    return files;
  }

  private List<String> checked(List<String> key) {
    for (String column : key) {
      if (table.schema().findField(column) == null) {
        throw new UsageException(
            "--key: the table has no column '"
                + column
                + "'; it has "
                + table.schema().columns().stream()
                    .map(each -> each.name())
                    .collect(Collectors.joining(", ")));
      }
    }
    return key;
  }

  /** What the run that wrote the version, or one before, remembered. */
  private List<String> rememberedKey(TableMetadata metadata, Snapshot snapshot) {
    for (Snapshot each : TableRefs.line(metadata, snapshot, null)) {
      List<String> key = History.key(each);
      if (!key.isEmpty()) {
        return key.stream().allMatch(name -> table.schema().findField(name) != null)
            ? key
            : List.of();
      }
    }
    return List.of();
  }
}
