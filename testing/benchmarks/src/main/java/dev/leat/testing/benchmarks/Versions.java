package dev.leat.testing.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.duckdb.DuckDBDriver;

/** What is compared with what. */
final class Versions {
  private Versions() {}

  /**
   * @param checkout of Leat, whose commit is named if Git knows it
   */
  static List<String> notes(Path checkout) throws IOException, InterruptedException {
    List<String> notes = new ArrayList<>();
    commit(checkout).ifPresent(commit -> notes.add("Leat " + commit + "."));
    notes.add(
        "Beam %s, Flink %s, DuckDB %s."
            .formatted(
                ReleaseInfo.getReleaseInfo().getVersion(),
                EnvironmentInformation.getVersion(),
                duckDb()));
    return notes;
  }

  /** With {@code -dirty} if something was changed since. */
  private static Optional<String> commit(Path checkout) throws IOException, InterruptedException {
    Process git;
    try {
      git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
              .directory(checkout.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String commit = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
    return git.waitFor() == 0 ? Optional.of(commit) : Optional.empty();
  }

  private static String duckDb() {
    String version = DuckDBDriver.class.getPackage().getImplementationVersion();
    return version == null ? "2.0.0.1" : version;
  }
}
