package dev.leat.io.lake;

import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.UsageException;
import java.io.Serializable;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/** Where the rows of a live run have their key: in what comes, and in what the table holds. */
record RowKey(LiveRows live, Schema columns) implements Serializable {
  private static final long serialVersionUID = 1L;

  static final String WINDOW_END = "window_end";

  /**
   * @throws UsageException if the rows lack what the key needs
   */
  static RowKey of(RowTarget target) {
    LiveRows live = target.live();
    Schema columns = target.rows().rows();
    List<String> problems = new ArrayList<>();
    List<String> needed = new ArrayList<>(live.key());
    if (live.kind() == LiveRows.Kind.REPLACE_SESSIONS) {
      needed.add(RowPartition.WINDOW_START);
      needed.add(WINDOW_END);
    }
    for (String column : needed) {
      if (!columns.hasField(column)) {
        problems.add(target.rows().name() + ": the key needs the column '" + column + "'");
      }
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
    return new RowKey(live, columns);
  }

  boolean sessions() {
    return live.kind() == LiveRows.Kind.REPLACE_SESSIONS;
  }

  boolean appends() {
    return live.kind() == LiveRows.Kind.APPEND;
  }

  /** The columns whose values are a row's group. */
  List<String> groupColumns() {
    return sessions()
        ? live.key().stream().filter(column -> !column.equals(RowPartition.WINDOW_START)).toList()
        : live.key();
  }

  /** The columns that tell a stored row's place. */
  List<String> placeColumns() {
    List<String> place = new ArrayList<>(groupColumns());
    if (sessions()) {
      place.add(RowPartition.WINDOW_START);
      place.add(WINDOW_END);
    }
    return place;
  }

  /** A row that comes, as the table would have its values. */
  LiveRow<Row> incoming(Row row) {
    List<@Nullable Object> group = new ArrayList<>();
    for (String column : groupColumns()) {
      group.add(
          RowColumns.valueOf(columns.getField(column).getType(), (Object) row.getValue(column)));
    }
    long revision = appends() ? 0 : Objects.requireNonNull(row.getInt64(LiveRows.REVISION));
    return sessions()
        ? new LiveRow<>(
            group,
            Objects.requireNonNull(row.getDateTime(RowPartition.WINDOW_START)).getMillis(),
            Objects.requireNonNull(row.getDateTime(WINDOW_END)).getMillis(),
            revision,
            row)
        : new LiveRow<>(group, 0, 0, revision, row);
  }

  /** The place of a row that the table holds; the record has at least {@link #placeColumns}. */
  <T> LiveRow<T> stored(Record record, long revision, T row) {
    List<@Nullable Object> group = new ArrayList<>();
    for (String column : groupColumns()) {
      group.add(record.getField(column));
    }
    long known = appends() ? LiveRow.FINAL : revision;
    return sessions()
        ? new LiveRow<>(
            group,
            millis(record, RowPartition.WINDOW_START),
            millis(record, WINDOW_END),
            known,
            row)
        : new LiveRow<>(group, 0, 0, known, row);
  }

  /** A stored session without an end is by nobody who knows what sessions are: a point. */
  private static long millis(Record record, String column) {
    OffsetDateTime time = (OffsetDateTime) record.getField(column);
    return time == null ? Long.MIN_VALUE / 2 : time.toInstant().toEpochMilli();
  }
}
