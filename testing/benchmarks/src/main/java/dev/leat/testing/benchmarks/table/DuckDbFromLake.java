package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.peers.Duck;
import java.nio.file.Path;

/** DuckDB's statement over the lake's Parquet files. */
final class DuckDbFromLake {
  private DuckDbFromLake() {}

  public static void main(String[] args) throws Exception {
    String rows =
        """
        (SELECT id, time, tenant AS origin, CAST(data->>'$.delay' AS INTEGER) AS delay,
                CAST(data->>'$.distance' AS INTEGER) AS distance
         FROM (SELECT id, epoch_ms(epoch_ms(time)) AS time, tenant, CAST(decode(data) AS JSON) AS data
               FROM read_parquet(%s, hive_partitioning = false)))
        """
            .formatted(Duck.quote(args[0] + "/**/*.parquet"));
    DuckDb.write(rows, Path.of(args[1]), Path.of(args[2]));
  }
}
