package dev.leat.io.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What makes a table into the one that a run needs. */
final class Ddl {
  private Ddl() {}

  /**
   * Makes what is missing: the table, its columns, its index. Safe if many do it at once. To be
   * committed by the caller.
   *
   * @throws dev.leat.io.spi.UsageException if the table cannot be what the run needs
   */
  static void prepare(RowTable table, Connection connection) throws SQLException {
    table.check(connection);
    if (missing(table, connection).isEmpty()) {
      return;
    }
    lock(connection, table.name().lock());
    lock(connection, table.name().runsSql().hashCode());
    // Others may have made it while this one waited.
    table.check(connection);
    try (Statement statement = connection.createStatement()) {
      for (String ddl : missing(table, connection)) {
        statement.execute(ddl);
      }
    }
  }

  /** CREATE … IF NOT EXISTS fails if two do it at once. */
  private static void lock(Connection connection, int lock) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_advisory_xact_lock(?, -1)")) {
      statement.setInt(1, lock);
      statement.execute();
    }
  }

  private static List<String> missing(RowTable table, Connection connection) throws SQLException {
    TableName name = table.name();
    LiveKey key = table.key();
    Optional<StoredTable> stored = StoredTable.find(connection, name);
    Map<String, String> wanted = table.columns();
    List<String> ddl = new ArrayList<>();
    if (stored.isEmpty()) {
      ddl.add("CREATE TABLE " + name.sql() + " (" + listOf(wanted, "") + ")");
    } else {
      wanted.keySet().removeAll(stored.get().columns().keySet());
      if (!wanted.isEmpty()) {
        ddl.add("ALTER TABLE " + name.sql() + " " + listOf(wanted, "ADD COLUMN "));
      }
    }
    if (key != null && (stored.isEmpty() || !RowTable.isLive(stored.get()))) {
      ddl.add(
          "COMMENT ON COLUMN "
              + name.sql()
              + "."
              + LiveKey.HASH
              + " IS '"
              + key.comment().replace("'", "''")
              + "'");
    }
    if (key != null
        && (stored.isEmpty()
            || !stored.get().uniqueIndexes().contains(Set.copyOf(key.indexed(table.rows()))))) {
      ddl.add(
          "CREATE UNIQUE INDEX ON "
              + name.sql()
              + " ("
              + Identifiers.quoteAll(key.indexed(table.rows()))
              + ")");
    }
    if (table.use() != RowTable.Use.LIVE
        && StoredTable.find(connection, new TableName(name.schema(), TableName.RUNS)).isEmpty()) {
      ddl.add(
          "CREATE TABLE "
              + name.runsSql()
              + " (table_name text, run_id text, row_count bigint NOT NULL,"
              + " committed timestamptz NOT NULL DEFAULT now(), properties jsonb NOT NULL,"
              + " PRIMARY KEY (table_name, run_id))");
    }
    return ddl;
  }

  private static String listOf(Map<String, String> columns, String prefix) {
    return columns.entrySet().stream()
        .map(column -> prefix + Identifiers.quote(column.getKey()) + " " + column.getValue())
        .collect(Collectors.joining(", "));
  }
}
