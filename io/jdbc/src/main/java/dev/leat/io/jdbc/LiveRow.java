package dev.leat.io.jdbc;

import dev.leat.io.spi.LiveRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * A row that waits to be written.
 *
 * @param hash of its key
 * @param start of its window, epoch milliseconds; 0 where the key has none
 * @param end of its session; 0 for other rows
 * @param values of the columns, as PostgreSQL reads them
 */
record LiveRow(UUID hash, long start, long end, long revision, List<@Nullable String> values) {

  static LiveRow of(RowTable table, Row row) {
    LiveKey key = Objects.requireNonNull(table.key());
    Schema schema = table.rows();
    List<@Nullable String> values = new ArrayList<>(schema.getFieldCount());
    for (int i = 0; i < schema.getFieldCount(); i++) {
      values.add(ColumnType.text(schema.getField(i).getType(), row.getValue(i)));
    }
    return new LiveRow(
        key.hash(row),
        key.isWindowed(schema) ? millis(row, LiveKey.WINDOW_START) : 0,
        key.isSessions() ? millis(row, LiveKey.WINDOW_END) : 0,
        Objects.requireNonNull(row.getInt64(LiveRows.REVISION)),
        values);
  }

  private static long millis(Row row, String column) {
    ReadableInstant time = Objects.requireNonNull(row.getDateTime(column));
    return time.getMillis();
  }

  /** Whether the other's window is a part of this one's, and another one. */
  boolean contains(LiveRow other) {
    return start <= other.start && other.end <= end && (start < other.start || other.end < end);
  }

  boolean hasSameWindow(LiveRow other) {
    return start == other.start && end == other.end;
  }

  String startText() {
    return ColumnType.time(Instant.ofEpochMilli(start));
  }

  String endText() {
    return ColumnType.time(Instant.ofEpochMilli(end));
  }

  /** About how many bytes it takes. */
  long size() {
    long size = 100;
    for (String value : values) {
      size += value == null ? 0 : value.length();
    }
    return size;
  }
}
