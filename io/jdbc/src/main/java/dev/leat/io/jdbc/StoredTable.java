package dev.leat.io.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as the database has it.
 *
 * @param isTable whether it is one, and not a view or the like
 * @param columns by name
 * @param uniqueIndexes the columns of each
 * @param keyComment the comment of the column {@link LiveKey#HASH}
 */
record StoredTable(
    boolean isTable,
    Map<String, Column> columns,
    List<Set<String>> uniqueIndexes,
    @Nullable String keyComment) {

  /**
   * A column.
   *
   * @param type as {@code format_type} writes it
   * @param isRequired whether a row must have a value for it, and gets none by itself
   * @param isGenerated whether rows may not have a value for it
   */
  record Column(String type, boolean isRequired, boolean isNotNull, boolean isGenerated) {}

  /** Empty if there is no such table. */
  static Optional<StoredTable> find(Connection connection, TableName name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT c.oid, c.relkind IN ('r', 'p') FROM pg_class c"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ?")) {
      query.setString(1, name.schema());
      query.setString(2, name.table());
      try (ResultSet found = query.executeQuery()) {
        if (!found.next()) {
          return Optional.empty();
        }
        long oid = found.getLong(1);
        return Optional.of(
            new StoredTable(
                found.getBoolean(2),
                columns(connection, oid),
                uniqueIndexes(connection, oid),
                keyComment(connection, oid)));
      }
    }
  }

  static boolean schemaExists(Connection connection, String schema) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
      query.setString(1, schema);
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  static boolean isEmpty(Connection connection, TableName name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT 1 FROM " + name.sql() + " LIMIT 1")) {
      return !found.next();
    }
  }

  private static Map<String, Column> columns(Connection connection, long oid) throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT attname, format_type(atttypid, atttypmod),"
                + " attnotnull AND NOT atthasdef AND attidentity = '',"
                + " attnotnull, attgenerated <> '' OR attidentity = 'a'"
                + " FROM pg_attribute WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped"
                + " ORDER BY attnum")) {
      query.setLong(1, oid);
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          columns.put(
              found.getString(1),
              new Column(
                  found.getString(2),
                  found.getBoolean(3),
                  found.getBoolean(4),
                  found.getBoolean(5)));
        }
      }
    }
    return columns;
  }

  private static List<Set<String>> uniqueIndexes(Connection connection, long oid)
      throws SQLException {
    List<Set<String>> indexes = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT ARRAY(SELECT a.attname::text FROM pg_attribute a"
                + " WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))"
                + " FROM pg_index i WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid"
                + " AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL"
                + " AND i.indnkeyatts = i.indnatts")) {
      query.setLong(1, oid);
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          indexes.add(Set.of((String[]) found.getArray(1).getArray()));
        }
      }
    }
    return indexes;
  }

  private static @Nullable String keyComment(Connection connection, long oid) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT col_description(attrelid, attnum) FROM pg_attribute"
                + " WHERE attrelid = ? AND attname = ? AND NOT attisdropped")) {
      query.setLong(1, oid);
      query.setString(2, LiveKey.HASH);
      try (ResultSet found = query.executeQuery()) {
        return found.next() ? found.getString(1) : null;
      }
    }
  }
}
