package dev.leat.runners.flink;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;

/**
 * The folder through which alone Beam lets Flink be configured, {@code flinkConfDir}. Ours is
 * temporary and goes with this process.
 */
final class ConfigurationFolder {
  private ConfigurationFolder() {}

  /** Whether the user has one, which is then the one that counts. */
  static boolean isGiven(FlinkPipelineOptions flink) {
    String dir = System.getenv("FLINK_CONF_DIR");
    return flink.getFlinkConfDir() != null || (dir != null && !dir.isEmpty());
  }

  /**
   * @param lines of {@code key: value}, which Flink reads itself: a value ends at a {@code #}
   */
  static void set(FlinkPipelineOptions flink, List<String> lines) {
    try {
      Path dir = Files.createTempDirectory("leat-flink-");
      Path file = Files.write(dir.resolve("flink-conf.yaml"), lines);
      deleteAtExit(dir, file);
      flink.setFlinkConfDir(dir.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Flink's configuration could not be written", e);
    }
  }

  /** In this order: files are deleted last first. */
  private static void deleteAtExit(Path dir, Path file) {
    File folder = dir.toFile();
    folder.deleteOnExit();
    file.toFile().deleteOnExit();
  }
}
