package dev.leat.io.jdbc;

import dev.leat.io.spi.LiveRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
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
                + " WHERE leat_key = ?::uuid AND window_start >= ?::timestamptz"
                + " AND window_start < ?::timestamptz AND window_end <= ?::timestamptz"
                + " AND (window_start, window_end) <> (?::timestamptz, ?::timestamptz)")) {
      for (LiveRow row : rows) {
        statement.setString(1, row.hash().toString());
        statement.setString(2, row.startText());
        statement.setString(3, row.endText());
        statement.setString(4, row.endText());
        statement.setString(5, row.startText());
        statement.setString(6, row.endText());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Returns how many rows were new, or newer. */
  private int insert(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insertSql())) {
      for (LiveRow row : rows) {
        int i = 0;
        for (@Nullable String value : row.values()) {
          if (value == null) {
            statement.setNull(++i, Types.VARCHAR);
          } else {
            statement.setString(++i, value);
          }
        }
        statement.setString(++i, row.hash().toString());
        statement.setLong(++i, row.revision());
        if (key.isSessions()) {
          statement.setString(++i, row.hash().toString());
          statement.setString(++i, row.startText());
          statement.setString(++i, row.endText());
          statement.setString(++i, row.startText());
          statement.setString(++i, row.endText());
        }
        statement.addBatch();
      }
      int written = 0;
      for (int count : statement.executeBatch()) {
        written += Math.max(0, count);
      }
      return written;
    }
  }

  private String insertSql() {
    String values =
        table.rows().getFields().stream()
                .map(field -> "?::" + ColumnType.of(field.getType()).orElseThrow().sql() + ", ")
                .collect(Collectors.joining())
            + "?::uuid, ?::bigint";
    return "INSERT INTO "
        + table.name().sql()
        + " AS stored ("
        + Identifiers.quoteAll(table.columnNames())
        + ") SELECT "
        + values
        + (key.isSessions() ? " WHERE NOT EXISTS (" + largerSessionSql() + ")" : "")
        + " ON CONFLICT ("
        + Identifiers.quoteAll(key.indexed(table.rows()))
        + ") DO "
        + (key.kind() == LiveRows.Kind.APPEND ? "NOTHING" : updateSql());
  }

  private String largerSessionSql() {
    return "SELECT 1 FROM (SELECT window_start, window_end FROM "
        + table.name().sql()
        + " WHERE leat_key = ?::uuid AND window_start <= ?::timestamptz"
        + " ORDER BY window_start DESC LIMIT 1) before"
        + " WHERE before.window_end >= ?::timestamptz"
        + " AND (before.window_start, before.window_end) <> (?::timestamptz, ?::timestamptz)";
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
