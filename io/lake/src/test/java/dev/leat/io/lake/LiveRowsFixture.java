package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.LiveRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Live rows of counts by window and page, and what a table holds of them. */
final class LiveRowsFixture {
  static final Schema COUNTS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addDateTimeField("window_end")
          .addNullableField("page", FieldType.STRING)
          .addInt64Field("edits")
          .build();
  static final LiveRows REPLACED = LiveRows.replacedBy(List.of("window_start", "page"));
  static final LiveRows SESSIONS = LiveRows.sessionsReplacedBy(List.of("window_start", "page"));
  static final LiveRows APPENDED = LiveRows.appendedOnceBy(List.of("window_start", "page"));

  private static final Instant DAY = Instant.parse("2015-09-12T00:00:00Z");

  private LiveRowsFixture() {}

  static RowTarget target(ConnectorUri uri, Schema schema, LiveRows live, String version) {
    LakeTable name = LakeTable.parse(uri);
    RowPartition partition =
        schema.hasField("window_start") ? RowPartition.DATE : RowPartition.NONE;
    return new RowTarget(
        new DerivedRows(name, schema, partition),
        live,
        "run",
        ImmutableMap.of("workflow", "counts", "workflow-version", version));
  }

  static RowTarget target(ConnectorUri uri, LiveRows live) {
    return target(uri, COUNTS, live, "v1");
  }

  /** Of a window of an hour; as many edits as its revision. */
  static Row hour(int hour, @Nullable String page, long edits) {
    return span(60 * hour, 60 * hour + 60, page, edits);
  }

  /** From one minute to another, of September 12th and later. */
  static Row span(int start, int end, @Nullable String page, long edits) {
    return live(COUNTS, minute(start), minute(end), page, edits, edits);
  }

  static Row live(Schema schema, @Nullable Object... valuesAndRevision) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object value : valuesAndRevision) {
      values.add(value);
    }
    return Row.withSchema(LiveRows.schema(schema)).addValues(values).build();
  }

  static Instant minute(int minute) {
    return DAY.plus(60_000L * minute);
  }

  static void commit(RowTarget target, Row... rows) {
    commit(target, List.of(rows));
  }

  static void commit(RowTarget target, List<Row> rows) {
    try (RowTable table = new RowTable(target)) {
      commit(table, target, rows);
    }
  }

  static void commit(RowTable table, RowTarget target, List<Row> rows) {
    RowBatch batch = new RowBatch(RowKey.of(target));
    rows.forEach(batch::add);
    table.commit(batch);
  }

  /** For example {@code 2015-09-12T13:00Z a 5}, sorted. */
  static List<String> counts(ConnectorUri uri) {
    List<String> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> row : LakeRows.read(uri)) {
      rows.add(row.get("window_start") + " " + row.get("page") + " " + row.get("edits"));
    }
    rows.sort(null);
    return rows;
  }

  /** For example {@code 13:00-13:20 a 5}, sorted. */
  static List<String> spans(ConnectorUri uri) {
    List<String> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> row : LakeRows.read(uri)) {
      rows.add(
          row.get("window_start")
              + "-"
              + row.get("window_end")
              + " "
              + row.get("page")
              + " "
              + row.get("edits"));
    }
    rows.sort(null);
    return rows;
  }
}
