package dev.leat.io.jdbc;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.testing.fixtures.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rows, tables and pipelines for tests on a server. */
final class JdbcFixture {
  static final Schema COUNTS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addDateTimeField("window_end")
          .addNullableField("page", FieldType.STRING)
          .addInt64Field("edits")
          .build();

  static final LiveRows BY_PAGE = LiveRows.replacedBy(List.of("window_start", "page"));
  static final LiveRows SESSIONS = LiveRows.sessionsReplacedBy(List.of("window_start", "page"));

  private final EmbeddedPostgres postgres;

  JdbcFixture(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /** Without parameters. */
  String place() {
    return postgres.jdbcUrl();
  }

  ConnectorUri uri(String table) {
    return ConnectorUri.parse(place() + "?user=" + postgres.user() + "&table=" + table);
  }

  RowSink open(String table, SinkRequest request) {
    return Connectors.load().sink(uri(table), request);
  }

  static SinkRequest request(String runId, Schema schema) {
    return SinkRequest.of(runId, schema, Optional.empty(), Map.of("workflow", "test"));
  }

  static SinkRequest request(String runId, Schema schema, String start, String end) {
    return SinkRequest.of(
        runId,
        schema,
        Optional.of(TimeRange.of(java.time.Instant.parse(start), java.time.Instant.parse(end))),
        Map.of("workflow", "test"));
  }

  static SinkRequest live(LiveRows rows) {
    return request("live", COUNTS).withLive(rows);
  }

  /** A result row of a window of one hour. */
  static Row count(String start, @Nullable String page, long edits) {
    Instant time = Instant.parse(start);
    return Row.withSchema(COUNTS).addValues(time, time.plus(3_600_000), page, edits).build();
  }

  /** A live row: as many edits as its revision. */
  static Row session(String page, long startMillis, long endMillis, long revision) {
    return Row.withSchema(LiveRows.schema(COUNTS))
        .addValues(
            Instant.ofEpochMilli(startMillis),
            Instant.ofEpochMilli(endMillis),
            page,
            revision,
            revision)
        .build();
  }

  static Row live(Row row, long revision) {
    Row.Builder live = Row.withSchema(LiveRows.schema(row.getSchema()));
    return live.addValues(row.getValues()).addValue(revision).build();
  }

  RowSink runBounded(String table, SinkRequest request, List<Row> rows) {
    RowSink sink = open(table, request);
    Pipeline pipeline = pipeline();
    pipeline
        .apply("Rows", Create.of(blocks(rows, 2)).withCoder(RowBlockCoder.of(request.schema())))
        .apply("Write", sink.write());
    pipeline.run().waitUntilFinish();
    return sink;
  }

  RowSink runLive(String table, SinkRequest request, List<Row> rows) {
    RowSink sink = open(table, request);
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            "Rows",
            Create.of(blocks(rows, 7))
                .withCoder(RowBlockCoder.of(LiveRows.schema(request.schema()))))
        .apply("Write", sink.writeLive());
    pipeline.run().waitUntilFinish();
    return sink;
  }

  private static List<RowBlock> blocks(List<Row> rows, int size) {
    List<RowBlock> blocks = new ArrayList<>();
    for (int i = 0; i < rows.size(); i += size) {
      blocks.add(RowBlock.of(rows.subList(i, Math.min(rows.size(), i + size))));
    }
    return blocks;
  }

  static Pipeline pipeline() {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs("--targetParallelism=2", "--runner=DirectRunner").create());
  }

  /** What a worker writes with, without a pipeline. */
  Session session(RowTable table) {
    return new Session(database("x"), table, Session.PATIENCE);
  }

  Database database(String table) {
    List<String> problems = new ArrayList<>();
    return Database.parse(uri(table), java.util.Set.of("table"), problems).orElseThrow();
  }

  static RowTable table(String name, Schema rows, LiveRows live) {
    return new RowTable(new TableName("public", name), rows, RowTable.Use.LIVE, LiveKey.of(live));
  }

  /** As one worker does with one bundle. */
  static void write(Session session, RowTable table, List<Row> rows) {
    LiveBatch batch = new LiveBatch(table);
    rows.forEach(batch::add);
    session.retried(new WriteRows(table, batch.sorted()));
  }

  void execute(String sql) {
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'; " + sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The columns of each row, with spaces between them. */
  List<String> select(String sql) {
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'UTC'");
      List<String> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery(sql)) {
        while (found.next()) {
          StringJoiner row = new StringJoiner(" ");
          for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
            row.add(found.getString(i));
          }
          rows.add(row.toString());
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code 13 page edits} of each row, in their order. */
  List<String> counts(String table) {
    return select(
        "SELECT to_char(window_start, 'HH24'), page, edits FROM "
            + table
            + " ORDER BY window_start, page, edits");
  }
}
