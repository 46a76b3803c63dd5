package dev.leat.testing.benchmarks.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The workflow that Leat runs, as a file. */
public final class Workflow {
  private static final String RESOURCE = "/dev/leat/testing/benchmarks/flights.yaml";

  private Workflow() {}

  /** Writes it into a folder and returns the file. */
  public static Path in(Path folder) {
    try (InputStream in = Workflow.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("expected the resource " + RESOURCE + ", got none");
      }
      Path file = folder.resolve("flights.yaml");
      Files.write(file, in.readAllBytes());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
