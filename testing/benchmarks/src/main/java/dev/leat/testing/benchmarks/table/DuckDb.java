package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.peers.Duck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

/** DuckDB, in one statement. Order of rows does not matter, which it may make use of. */
final class DuckDb {
  private static final String HOURLY =
      """
      COPY (
        SELECT date_trunc('hour', time) AS window_start, origin,
               count(*) AS flights, sum(delay) AS delay, sum(distance) AS distance, max(delay) AS worst
        FROM (SELECT DISTINCT ON (id) * FROM %s)
        GROUP BY ALL
      ) TO %s (FORMAT parquet)
      """;

  private DuckDb() {}

  public static void main(String[] args) throws Exception {
    String lines =
        """
        read_json(%s, format = 'newline_delimited', columns = {
          id: 'VARCHAR', time: 'TIMESTAMP', origin: 'VARCHAR', delay: 'INTEGER', distance: 'INTEGER'
        })
        """
            .formatted(Duck.quote(args[0] + "/*.jsonl"));
    write(lines, Path.of(args[1]), Path.of(args[2]));
  }

  /**
   * @param flights something to select flights from
   */
  static void write(String flights, Path output, Path scratch) throws Exception {
    Files.createDirectories(output);
    try (Connection connection = Duck.open();
        Statement statement = connection.createStatement()) {
      Duck.limit(statement, scratch);
      statement.execute(HOURLY.formatted(flights, Duck.quote(output + "/table.parquet")));
    }
  }
}
