package dev.leat.testing.benchmarks;

import java.util.List;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.duckdb.DuckDBDriver;

/** What is compared with what. */
final class Versions {
  private Versions() {}

  static List<String> notes() {
    return List.of(
        "Beam %s, Flink %s, DuckDB %s."
            .formatted(
                ReleaseInfo.getReleaseInfo().getVersion(),
                EnvironmentInformation.getVersion(),
                duckDb()));
  }

  private static String duckDb() {
    String version = DuckDBDriver.class.getPackage().getImplementationVersion();
    return version == null ? "2.0.0.1" : version;
  }
}
