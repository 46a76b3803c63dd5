package dev.leat.runners.flink;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;

/**
 * The Flink cluster inside this process.
 *
 * <p>It can be configured through a folder only ({@code flinkConfDir}), and needs to be: by default
 * its REST server and its blob server listen on every address of the machine, with no
 * authentication, and {@code savepointPath} is read for clusters elsewhere and silently left out
 * here. The folder is temporary and goes with this process. There is no web UI: it is a jar of its
 * own, which we leave out.
 */
final class EmbeddedCluster {
  static final String LOCAL = "[local]";

  /** What Flink's embedded cluster has by default, enough for a parallelism of 16. */
  private static final int LEAST_NETWORK_MIB = 64;

  private EmbeddedCluster() {}

  static boolean isMasterOf(FlinkPipelineOptions flink) {
    return flink.getFlinkMaster().trim().equals(LOCAL);
  }

  /** Whether the environment names a Flink configuration, which is then the one that counts. */
  static boolean hasOwnConfiguration() {
    String dir = System.getenv("FLINK_CONF_DIR");
    return dir != null && !dir.isEmpty();
  }

  static void configure(FlinkPipelineOptions flink) {
    if (!isMasterOf(flink) || hasOwnConfiguration()) {
      return;
    }
    try {
      Path dir = Files.createTempDirectory("leat-flink-");
      Path file = Files.write(dir.resolve("flink-conf.yaml"), settings(flink));
      deleteAtExit(dir, file);
      flink.setFlinkConfDir(dir.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("Flink's configuration could not be written", e);
    }
  }

  /** Lines of {@code key: value}, which Flink reads itself: a value ends at a {@code #}. */
  private static List<String> settings(FlinkPipelineOptions flink) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "rest.address: 127.0.0.1",
                "rest.bind-address: 127.0.0.1",
                "jobmanager.bind-host: 127.0.0.1",
                "taskmanager.host: 127.0.0.1",
                "taskmanager.bind-host: 127.0.0.1",
                "execution.job-listeners: " + SubmittedJob.Listener.class.getName()));
    if (flink.isStreaming()) {
      // A job with checkpoints is otherwise restarted for ever, and nobody is told.
      lines.add("restart-strategy.type: exponential-delay");
      lines.add("restart-strategy.exponential-delay.attempts-before-reset-backoff: 10");
    }
    int parallelism = flink.getParallelism();
    int network = Math.max(LEAST_NETWORK_MIB, parallelism * parallelism / 4);
    lines.add("taskmanager.memory.network.min: " + network + "m");
    lines.add("taskmanager.memory.network.max: " + network + "m");
    String savepoint = flink.getSavepointPath();
    if (savepoint != null) {
      lines.add("execution.savepoint.path: " + savepoint);
      lines.add(
          "execution.savepoint.ignore-unclaimed-state: "
              + Boolean.TRUE.equals(flink.getAllowNonRestoredState()));
    }
    return lines;
  }

  /** In this order: files are deleted last first. */
  private static void deleteAtExit(Path dir, Path file) {
    File folder = dir.toFile();
    folder.deleteOnExit();
    file.toFile().deleteOnExit();
  }
}
