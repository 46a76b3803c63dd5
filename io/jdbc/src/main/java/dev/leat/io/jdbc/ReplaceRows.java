package dev.leat.io.jdbc;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.SinkRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.OptionalLong;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Replaces the rows of a table, or of a range of its windows, in one transaction, which also
 * remembers the run: another attempt of a run that is done changes nothing.
 */
final class ReplaceRows extends DoFn<KV<Integer, Iterable<byte[]>>, Void> {
  private static final long serialVersionUID = 1L;

  private final Database database;
  private final RowTable table;
  private final String runId;
  private final ImmutableMap<String, String> properties;
  private final @Nullable Instant start;
  private final @Nullable Instant end;

  ReplaceRows(Database database, RowTable table, SinkRequest request) {
    this.database = database;
    this.table = table;
    this.runId = request.runId();
    this.properties = request.properties();
    this.start = request.eventTime().map(times -> times.single().start()).orElse(null);
    this.end = request.eventTime().map(times -> times.single().end()).orElse(null);
  }

  @ProcessElement
  public void process(@Element KV<Integer, Iterable<byte[]>> gathered) {
    try (Session session = new Session(database, table, Session.PATIENCE)) {
      if (isDone(session)) {
        return;
      }
      try {
        session.once(connection -> replace(connection, gathered.getValue()));
      } catch (DatabaseException e) {
        // Not tried again here, because a runner may give the rows to read but once. Yet the
        // connection may have ended after the commit.
        if (!e.isTransient() || !isDone(session)) {
          throw e;
        }
      }
    }
  }

  private boolean isDone(Session session) {
    return session.retried(connection -> rowsOf(connection, table.name(), runId)).isPresent();
  }

  /** How many rows the run wrote; empty if it has not, or not yet. */
  static OptionalLong rowsOf(Connection connection, TableName table, String runId)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT row_count FROM " + table.runsSql() + " WHERE table_name = ? AND run_id = ?")) {
      query.setString(1, table.table());
      query.setString(2, runId);
      try (ResultSet found = query.executeQuery()) {
        return found.next() ? OptionalLong.of(found.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  /** Whether the rows of the table are those of a bounded run. */
  static boolean hasRun(Connection connection, TableName table) throws SQLException {
    if (StoredTable.find(connection, new TableName(table.schema(), TableName.RUNS)).isEmpty()) {
      return false;
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT 1 FROM " + table.runsSql() + " WHERE table_name = ? LIMIT 1")) {
      query.setString(1, table.table());
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  private long replace(Connection connection, Iterable<byte[]> rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Those who write wait, those who read do not.
      statement.execute("LOCK TABLE " + table.name().sql() + " IN SHARE ROW EXCLUSIVE MODE");
    }
    OptionalLong done = rowsOf(connection, table.name(), runId);
    if (done.isPresent()) {
      return done.getAsLong();
    }
    delete(connection);
    long written = copy(connection, rows);
    remember(connection, written);
    return written;
  }

  /** Not TRUNCATE: readers whose snapshot is older would see no rows. */
  private void delete(Connection connection) throws SQLException {
    boolean ranged = start != null && end != null;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM "
                + table.name().sql()
                + (ranged
                    ? " WHERE window_start >= ?::timestamptz AND window_start < ?::timestamptz"
                    : ""))) {
      if (start != null && end != null) {
        statement.setString(1, ColumnType.time(joda(start)));
        statement.setString(2, ColumnType.time(joda(end)));
      }
      statement.executeUpdate();
    }
  }

  private static ReadableInstant joda(Instant time) {
    return org.joda.time.Instant.ofEpochMilli(time.toEpochMilli());
  }

  private long copy(Connection connection, Iterable<byte[]> rows) throws SQLException {
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY "
                    + table.name().sql()
                    + " ("
                    + Identifiers.quoteAll(table.columnNames())
                    + ") FROM STDIN (ENCODING 'UTF8')");
    // If it fails the connection is closed, which cancels it: to cancel it here would fail, too, on
    // a connection that has ended, and hide why.
    for (byte[] text : rows) {
      copy.writeToCopy(text, 0, text.length);
    }
    return copy.endCopy();
  }

  private void remember(Connection connection, long rows) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO "
                + table.name().runsSql()
                + " (table_name, run_id, row_count, properties) VALUES (?, ?, ?, ?::jsonb)")) {
      statement.setString(1, table.name().table());
      statement.setString(2, runId);
      statement.setLong(3, rows);
      statement.setString(
          4, JsonText.of(FieldType.map(FieldType.STRING, FieldType.STRING), properties));
      statement.executeUpdate();
    }
  }
}
