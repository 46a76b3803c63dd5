package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.compare.Folders;
import dev.leat.testing.benchmarks.flights.ResultRow;
import dev.leat.testing.benchmarks.peers.Duck;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads a contender's table, whether it wrote Parquet or JSON lines. */
public final class TableRows {
  private static final String JSON_COLUMNS =
      "{window_start: 'TIMESTAMP', origin: 'VARCHAR', flights: 'BIGINT', delay: 'BIGINT',"
          + " distance: 'BIGINT', worst: 'BIGINT'}";

  private TableRows() {}

  /** {@link ResultRow} lines, sorted. All numbers must be whole. */
  public static List<String> read(Path folder) throws IOException {
    String files =
        Folders.hold(folder, ".parquet")
            ? "read_parquet(%s)".formatted(Duck.quote(folder + "/**/*.parquet"))
            : "read_json(%s, format = 'newline_delimited', columns = %s)"
                .formatted(Duck.quote(folder + "/**/*"), JSON_COLUMNS);
    String sql =
        "SELECT epoch_ms(window_start), origin, flights, delay, distance, worst FROM " + files;
    List<String> lines = new ArrayList<>();
    try (var connection = Duck.open();
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        lines.add(
            ResultRow.line(
                Instant.ofEpochMilli(rows.getLong(1)),
                rows.getString(2),
                exact(rows, 3),
                exact(rows, 4),
                exact(rows, 5),
                exact(rows, 6)));
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
    lines.sort(null);
    return lines;
  }

  private static long exact(ResultSet rows, int column) throws SQLException {
    return new BigDecimal(rows.getString(column)).longValueExact();
  }
}
