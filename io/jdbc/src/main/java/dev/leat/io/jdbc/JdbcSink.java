package dev.leat.io.jdbc;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/** A table of a database, checked when it is opened. */
final class JdbcSink implements RowSink {
  private static final int OLDEST_VERSION = 12;

  private final Database database;
  private final RowTable table;
  private final SinkRequest request;

  private JdbcSink(Database database, RowTable table, SinkRequest request) {
    this.database = database;
    this.table = table;
    this.request = request;
  }

  /**
   * Writes nothing.
   *
   * @throws UsageException if the URI, the rows or the table that is there cannot be
   * @throws UnreachableException if the database does not answer within its {@code loginTimeout}
   */
  static JdbcSink open(ConnectorUri uri, SinkRequest request) {
    List<String> problems = new ArrayList<>();
    Optional<Database> database = Database.parse(uri, Set.of("table"), problems);
    Optional<TableName> name =
        uri.parameter("table").flatMap(table -> TableName.parse(table, problems));
    if (uri.parameter("table").isEmpty()) {
      problems.add("expected table=name or table=schema.name among the parameters");
    }
    request.eventTime().ifPresent(times -> checkRange(request.schema(), times.single(), problems));
    RowTable table =
        new RowTable(
            name.orElse(new TableName("public", "unknown")),
            request.schema(),
            request.live().isPresent() ? RowTable.Use.LIVE : RowTable.Use.REPLACE,
            request.live().map(LiveKey::of).orElse(null));
    table.checkRows(problems);
    if (!problems.isEmpty() || database.isEmpty()) {
      String place = database.map(Database::toString).orElse("jdbc");
      throw new UsageException(problems.stream().map(problem -> place + ": " + problem).toList());
    }
    return new JdbcSink(database.get(), onDatabase(database.get(), table, request), request);
  }

  private static void checkRange(Schema rows, TimeRange range, List<String> problems) {
    if (!rows.hasField(LiveKey.WINDOW_START)
        || rows.getField(LiveKey.WINDOW_START).getType().getTypeName()
            != Schema.TypeName.DATETIME) {
      problems.add(
          "eventTimeStart, eventTimeEnd: rows without window_start can only be replaced whole, got "
              + range.start()
              + " and "
              + range.end());
    }
  }

  /** The table with what it is used for, which depends on what it is. */
  private static RowTable onDatabase(Database database, RowTable asked, SinkRequest request) {
    try (Connection connection = database.connect()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      if (version < OLDEST_VERSION) {
        throw new UsageException(
            database + ": expected PostgreSQL " + OLDEST_VERSION + " or newer, got " + version);
      }
      RowTable table = asked;
      if (asked.use() == RowTable.Use.REPLACE && request.eventTime().isPresent()) {
        table = repaired(StoredTable.find(connection, asked.name()), asked);
      }
      table.check(connection);
      return table;
    } catch (DatabaseException e) {
      if (e.isRefusal()) {
        throw new UsageException(e.said());
      }
      throw new UnreachableException(e.said());
    } catch (SQLException e) {
      throw new UnreachableException(DatabaseException.of(database + " cannot be read", e).said());
    }
  }

  /** A range of a table that belongs to live runs is repaired. */
  private static RowTable repaired(Optional<StoredTable> stored, RowTable asked) {
    if (stored.filter(RowTable::isLive).isEmpty()) {
      return asked;
    }
    String place = "table " + asked.name() + ": ";
    LiveKey key =
        LiveKey.parse(stored.get().keyComment())
            .orElseThrow(
                () ->
                    new UsageException(
                        place
                            + "its column leat_key has lost the comment that names the key, so it"
                            + " cannot be repaired"));
    RowTable table = new RowTable(asked.name(), asked.rows(), RowTable.Use.REPAIR, key);
    List<String> problems = new ArrayList<>();
    key.check(asked.rows(), problems);
    if (problems.isEmpty() && !key.isWindowed(asked.rows())) {
      problems.add("its key (" + key + ") has no window_start, so no range can be repaired");
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems.stream().map(problem -> place + problem).toList());
    }
    return table;
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> write() {
    return new Replace(database, table, request);
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> writeLive() {
    return new Live(database, table);
  }

  /** Upserts as they come; no shuffle, so that a bundle is a transaction. */
  private static final class Live extends PTransform<PCollection<RowBlock>, PDone> {
    private static final long serialVersionUID = 1L;

    private final Database database;
    private final RowTable table;

    Live(Database database, RowTable table) {
      this.database = database;
      this.table = table;
    }

    @Override
    public PDone expand(PCollection<RowBlock> rows) {
      rows.apply("Upsert", ParDo.of(new WriteLive(database, table)));
      return PDone.in(rows.getPipeline());
    }
  }

  @Override
  public Optional<String> summary() {
    try (Connection connection = database.connect()) {
      OptionalLong rows =
          table.use() == RowTable.Use.LIVE
              ? OptionalLong.of(count(connection))
              : ReplaceRows.rowsOf(connection, table.name(), request.runId());
      return rows.isEmpty()
          ? Optional.empty()
          : Optional.of(
              String.format(
                  Locale.ROOT,
                  "%,d %s in table %s of %s",
                  rows.getAsLong(),
                  rows.getAsLong() == 1 ? "row" : "rows",
                  table.name(),
                  database));
    } catch (DatabaseException | SQLException e) {
      return Optional.empty();
    }
  }

  /** Of all live runs: what is there, and not how often it was written. */
  private long count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("SELECT count(*) FROM " + table.name().sql())) {
      found.next();
      return found.getLong(1);
    }
  }
}
