package dev.leat.io.lake;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.util.StructLikeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which file of its partition a new row goes to, so that files stay few. Where rows have windows a
 * file holds a range of them, as the leaf of a tree does, and is cut when it grows large; else rows
 * go to the smallest file.
 */
final class RowHomes {
  private final Table table;
  private final RowKey key;
  private final RowPartition partition;
  private final PartitionKey partitionKey;
  private final InternalRecordWrapper wrapper;
  private final StructLikeMap<List<FileScanTask>> byPartition;

  RowHomes(Table table, RowTarget target, RowKey key) {
    this.table = table;
    this.key = key;
    this.partition = target.rows().partition();
    this.partitionKey = new PartitionKey(table.spec(), table.schema());
    this.wrapper = new InternalRecordWrapper(table.schema().asStruct());
    this.byPartition = StructLikeMap.create(table.spec().partitionType());
  }

  /** True of every file in the rows' partitions, and of others. */
  Expression near(Collection<Record> rows) {
    if (partition == RowPartition.NONE) {
      return Expressions.alwaysTrue();
    }
    Instant first = Instant.MAX;
    for (Record row : rows) {
      OffsetDateTime start = (OffsetDateTime) row.getField(RowPartition.WINDOW_START);
      if (start == null) {
        return Expressions.alwaysTrue();
      }
      first = start.toInstant().isBefore(first) ? start.toInstant() : first;
    }
    return Expressions.greaterThanOrEqual(
        RowPartition.WINDOW_START, partition.beginOf(first).toEpochMilli() * 1000);
  }

  void offer(List<FileScanTask> tasks) {
    for (FileScanTask task : tasks) {
      if (task.file().specId() == table.spec().specId()) {
        byPartition.computeIfAbsent(task.file().partition(), unused -> new ArrayList<>()).add(task);
      }
    }
  }

  /**
   * Null if the row needs a new file.
   *
   * @param former the file that has a row which this one replaces, if there is one: it is the home
   *     unless the row now is of another partition
   */
  @Nullable FileScanTask of(Record row, @Nullable String former) {
    partitionKey.partition(wrapper.wrap(row));
    List<FileScanTask> files = byPartition.getOrDefault(partitionKey, List.of());
    if (files.isEmpty()) {
      return null;
    }
    for (FileScanTask file : files) {
      if (file.file().location().equals(former)) {
        return file;
      }
    }
    FileScanTask smallest =
        files.stream()
            .min(Comparator.comparingLong(task -> task.file().fileSizeInBytes()))
            .orElseThrow();
    if (key.appends()) {
      return RowFiles.hasRoom(smallest.file()) ? smallest : null;
    }
    Types.NestedField column = table.schema().findField(RowPartition.WINDOW_START);
    if (column == null || !(row.getField(column.name()) instanceof OffsetDateTime start)) {
      return smallest;
    }
    long micros = DateTimeUtil.microsFromTimestamptz(start);
    FileScanTask home = null;
    long homeFirst = 0;
    for (FileScanTask file : files) {
      long first = first(file.file(), column);
      boolean after = first <= micros;
      boolean homeAfter = homeFirst <= micros;
      if (home == null
          || (after && !homeAfter)
          || (after == homeAfter && (after ? first > homeFirst : first < homeFirst))) {
        home = file;
        homeFirst = first;
      }
    }
    return Objects.requireNonNull(home);
  }

  private static long first(DataFile file, Types.NestedField column) {
    return file.lowerBounds() == null || file.lowerBounds().get(column.fieldId()) == null
        ? Long.MIN_VALUE
        : Conversions.<Long>fromByteBuffer(column.type(), file.lowerBounds().get(column.fieldId()));
  }
}
