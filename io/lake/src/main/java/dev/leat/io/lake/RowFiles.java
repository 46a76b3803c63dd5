package dev.leat.io.lake;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows in the order of their windows and keys, with their revisions, to files of at most
 * {@link #MAX_ROWS} rows and about {@link #MAX_BYTES}: what one changed row can cost to write anew.
 */
final class RowFiles {
  static final int MAX_ROWS = 50_000;
  static final long MAX_BYTES = 16L << 20;

  /** Rows that are ordered together; more are only to be expected of other writers' files. */
  private static final int MAX_ORDERED = 4 * MAX_ROWS;

  private final Table table;
  private final RowKey key;
  private final String version;
  private final Consumer<StagedFile> staged;

  RowFiles(Table table, RowKey key, String version, Consumer<StagedFile> staged) {
    this.table = table;
    this.key = key;
    this.version = version;
    this.staged = staged;
  }

  /** Gives rows to a consumer. */
  interface Rows {
    void each(Consumer<LiveRow<Record>> output);
  }

  /** Whether further rows can be added to a file before it is complete. */
  static boolean hasRoom(DataFile file) {
    return file.recordCount() < MAX_ROWS / 2 && file.fileSizeInBytes() < MAX_BYTES / 2;
  }

  /**
   * @param bytes what the file of the rows would be large, as far as is known
   */
  void write(long count, long bytes, Rows rows) {
    long pieces = Math.max(1, Math.max(ceil(count, MAX_ROWS), ceil(bytes, MAX_BYTES)));
    int each = Math.toIntExact(Math.max(1, ceil(count, pieces)));
    long together = Math.max(each, Math.min(count, MAX_ORDERED));
    List<LiveRow<Record>> waiting = new ArrayList<>();
    rows.each(
        row -> {
          waiting.add(row);
          if (waiting.size() == together) {
            cut(waiting, each);
            waiting.clear();
          }
        });
    cut(waiting, each);
  }

  private void cut(List<LiveRow<Record>> rows, int each) {
    rows.sort(Comparator.comparing(LiveRow::row, order()));
    PartitionKey partition = new PartitionKey(table.spec(), table.schema());
    InternalRecordWrapper wrapper = new InternalRecordWrapper(table.schema().asStruct());
    Map<PartitionKey, List<LiveRow<Record>>> byPartition = new LinkedHashMap<>();
    for (LiveRow<Record> row : rows) {
      partition.partition(wrapper.wrap(row.row()));
      List<LiveRow<Record>> known = byPartition.get(partition);
      if (known == null) {
        known = new ArrayList<>();
        byPartition.put(partition.copy(), known);
      }
      known.add(row);
    }
    for (List<LiveRow<Record>> whole : byPartition.values()) {
      for (int from = 0; from < whole.size(); from += each) {
        writeFile(whole.subList(from, Math.min(whole.size(), from + each)));
      }
    }
  }

  private void writeFile(List<LiveRow<Record>> rows) {
    Map<String, String> metadata =
        key.appends()
            ? Map.of()
            : Revisions.metadata(rows.stream().mapToLong(LiveRow::revision).toArray(), version);
    StagingWriter writer = new StagingWriter(table, Long.MAX_VALUE, staged, metadata);
    boolean finished = false;
    try {
      rows.forEach(row -> writer.add(row.row()));
      writer.finish();
      finished = true;
    } finally {
      if (!finished) {
        writer.abandon();
      }
    }
  }

  /** Any order is right; this one lets statistics tell files apart. */
  private Comparator<Record> order() {
    Comparator<Record> order = Comparator.comparing(row -> 0);
    Types.NestedField start = table.schema().findField(RowPartition.WINDOW_START);
    if (start != null) {
      order = order.thenComparing(row -> row.getField(start.name()), RowFiles::compare);
    }
    for (String column : key.groupColumns()) {
      order = order.thenComparing(row -> row.getField(column), RowFiles::compare);
    }
    return order;
  }

  @SuppressWarnings("unchecked")
  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    }
    return a instanceof Comparable && a.getClass() == b.getClass()
        ? ((Comparable<Object>) a).compareTo(b)
        : 0;
  }

  private static long ceil(long count, long size) {
    return (count + size - 1) / size;
  }
}
