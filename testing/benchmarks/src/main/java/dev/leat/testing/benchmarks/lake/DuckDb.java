package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.peers.Duck;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

/** DuckDB's COPY into partitioned Parquet. */
final class DuckDb {
  private DuckDb() {}

  public static void main(String[] args) throws Exception {
    try (Connection connection = Duck.open();
        Statement statement = connection.createStatement()) {
      Duck.limit(statement, Path.of(args[2]));
      statement.execute(
          """
          COPY (
            SELECT *, CAST(time AS DATE) AS date
            FROM (
              SELECT json->>'$.id' AS id, CAST(json->>'$.time' AS TIMESTAMP) AS time,
                     json->>'$.origin' AS tenant, encode(CAST(json AS VARCHAR)) AS data
              FROM read_ndjson_objects(%s)
            )
          ) TO %s (FORMAT parquet, PARTITION_BY (date), COMPRESSION zstd)
          """
              .formatted(Duck.quote(args[0] + "/*.jsonl"), Duck.quote(args[1])));
    }
  }
}
