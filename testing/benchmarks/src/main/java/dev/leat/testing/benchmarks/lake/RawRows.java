package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.peers.Duck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares a raw lake with the lines it was made of. Rows are compared by a digest of 128 bits of
 * id, time, tenant and line, each as often as it is there: so many digests fit in memory, so many
 * lines would not.
 */
final class RawRows {
  private static final String DIGEST =
      "SELECT md5_number(concat_ws('|', id, CAST(epoch_us(time) AS VARCHAR), tenant, data)) AS digest";

  private RawRows() {}

  /**
   * How many rows are missing, too many or different.
   *
   * @param lines a folder of JSON lines
   * @param rows Parquet files, or globs of them
   */
  static long differences(Path lines, List<String> rows) throws IOException {
    Path digests = lines.resolveSibling("digests.parquet");
    try (Connection connection = Duck.open();
        Statement statement = connection.createStatement()) {
      if (!Files.exists(digests)) {
        write(lines, digests, statement);
      }
      statement.execute("CREATE TEMP TABLE expected AS FROM read_parquet(" + quote(digests) + ")");
      statement.execute("CREATE TEMP TABLE got AS " + digestsOf(rows));
      try (ResultSet count =
          statement.executeQuery(
              """
              SELECT count(*) FROM (
                (FROM expected EXCEPT ALL FROM got) UNION ALL (FROM got EXCEPT ALL FROM expected)
              )
              """)) {
        count.next();
        return count.getLong(1);
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** DuckDB reads no empty list of files. */
  private static String digestsOf(List<String> rows) {
    return rows.isEmpty()
        ? "FROM expected LIMIT 0"
        : "%s FROM (SELECT * REPLACE (decode(data) AS data) FROM read_parquet([%s], hive_partitioning = false))"
            .formatted(DIGEST, rows.stream().map(Duck::quote).collect(Collectors.joining(", ")));
  }

  private static void write(Path lines, Path digests, Statement statement) throws SQLException {
    statement.execute(
        """
        COPY (%s FROM (
          SELECT json->>'$.id' AS id, CAST(json->>'$.time' AS TIMESTAMP) AS time,
                 json->>'$.origin' AS tenant, CAST(json AS VARCHAR) AS data
          FROM read_ndjson_objects(%s)
        )) TO %s (FORMAT parquet)
        """
            .formatted(DIGEST, Duck.quote(lines + "/*.jsonl"), quote(digests)));
  }

  private static String quote(Path path) {
    return Duck.quote(path.toString());
  }
}
