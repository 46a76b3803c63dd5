package dev.leat.io.jdbc;

import dev.leat.io.spi.LiveRows;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts live rows into their table, in one transaction. Done twice, or after newer rows, it changes
 * nothing.
 *
 * <p>Sessions: a row is written unless it is part of a session that is there, and the sessions that
 * are part of it go. Which is newer is told by the windows and not by revisions, because a session
 * only ever grows: of two rows of a group one of which lies in the other, the larger one is the
 * newer, and two of which neither does (they overlap at most while a restored job repeats a past
 * that went otherwise, or where the earlier was already closed) both stay until the one comes that
 * has them both. So no row in the table lies in another, their ends are in the order of their
 * starts, and the last session to start no later than a new one is the only one it can be part of.
 */
final class WriteRows implements Session.Work<Integer> {
  /** Groups share this many locks; one for each would fill the server's table of locks. */
  private static final int LOCKS = 64;

  private final RowTable table;
  private final LiveKey key;
  private final List<LiveRow> rows;

  /**
   * @param rows as {@link LiveBatch#sorted} gives them
   */
  WriteRows(RowTable table, List<LiveRow> rows) {
    this.table = table;
    this.key = Objects.requireNonNull(table.key());
    this.rows = rows;
  }

  @Override
  public Integer in(Connection connection) throws SQLException {
    if (key.isSessions()) {
      lockGroups(connection);
      deleteParts(connection);
    }
    return insert(connection);
  }

  /** No other worker writes sessions of these groups until the transaction ends. */
  private void lockGroups(Connection connection) throws SQLException {
    Integer[] locks =
        rows.stream()
            .map(row -> Math.floorMod(row.hash().hashCode(), LOCKS))
            .sorted()
            .distinct()
            .toArray(Integer[]::new);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_advisory_xact_lock(?, lock) FROM unnest(?::int[]) lock")) {
      statement.setInt(1, table.name().lock());
      statement.setArray(2, connection.createArrayOf("int4", locks));
      statement.execute();
    }
  }

  private void deleteParts(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM "
                + table.name().sql()
                + " stored USING unnest(?::uuid[], ?::timestamptz[], ?::timestamptz[])"
                + " AS added(hash, start_time, end_time)"
                + " WHERE stored.leat_key = added.hash AND stored.window_start >= added.start_time"
                + " AND stored.window_start < added.end_time"
                + " AND stored.window_end <= added.end_time"
                + " AND (stored.window_start, stored.window_end)"
                + " <> (added.start_time, added.end_time)")) {
      statement.setArray(1, texts(connection, row -> row.hash().toString()));
      statement.setArray(2, texts(connection, LiveRow::startText));
      statement.setArray(3, texts(connection, LiveRow::endText));
      statement.executeUpdate();
    }
  }

  /**
   * Returns how many rows were new, or newer. One statement with a column of values for each
   * parameter, and no batch: where assertions are on, the driver answers the end of a connection
   * within a batch by an AssertionError (42.7.7, BatchResultHandler.isAutoCommit).
   */
  private int insert(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insertSql())) {
      int columns = table.rows().getFieldCount();
      for (int i = 0; i < columns; i++) {
        int column = i;
        statement.setArray(i + 1, texts(connection, row -> row.values().get(column)));
      }
      statement.setArray(columns + 1, texts(connection, row -> row.hash().toString()));
      statement.setArray(columns + 2, texts(connection, row -> Long.toString(row.revision())));
      return statement.executeUpdate();
    }
  }

  private Array texts(Connection connection, Function<LiveRow, @Nullable String> value)
      throws SQLException {
    @Nullable Object[] values = new @Nullable Object[rows.size()];
    Arrays.setAll(values, i -> value.apply(rows.get(i)));
    return connection.createArrayOf("text", values);
  }

  private String insertSql() {
    List<String> types = new ArrayList<>();
    table
        .rows()
        .getFields()
        .forEach(field -> types.add(ColumnType.of(field.getType()).orElseThrow().sql()));
    types.add("uuid");
    types.add("bigint");
    List<String> columns = table.columnNames();
    StringJoiner values = new StringJoiner(", ");
    for (int i = 0; i < columns.size(); i++) {
      values.add("added." + Identifiers.quote(columns.get(i)) + "::" + types.get(i));
    }
    return "INSERT INTO "
        + table.name().sql()
        + " AS stored ("
        + Identifiers.quoteAll(columns)
        + ") SELECT "
        + values
        + " FROM unnest("
        + String.join(", ", Collections.nCopies(columns.size(), "?::text[]"))
        + ") AS added("
        + Identifiers.quoteAll(columns)
        + ")"
        + (key.isSessions() ? " WHERE NOT EXISTS (" + largerSessionSql() + ")" : "")
        + " ON CONFLICT ("
        + Identifiers.quoteAll(key.indexed(table.rows()))
        + ") DO "
        + (key.kind() == LiveRows.Kind.APPEND ? "NOTHING" : updateSql());
  }

  /** Rows that this statement adds are not seen in it; of them none lies in another. */
  private String largerSessionSql() {
    return "SELECT 1 FROM (SELECT window_start, window_end FROM "
        + table.name().sql()
        + " WHERE leat_key = added.leat_key::uuid"
        + " AND window_start <= added.window_start::timestamptz"
        + " ORDER BY window_start DESC LIMIT 1) earlier"
        + " WHERE window_end >= added.window_end::timestamptz AND (window_start, window_end)"
        + " <> (added.window_start::timestamptz, added.window_end::timestamptz)";
  }

  private String updateSql() {
    Predicate<String> changes = key.indexed(table.rows())::contains;
    return "UPDATE SET "
        + table.columnNames().stream()
            .filter(changes.negate())
            .map(Identifiers::quote)
            .map(column -> column + " = excluded." + column)
            .collect(Collectors.joining(", "))
        + " WHERE stored.leat_revision < excluded.leat_revision";
  }
}
