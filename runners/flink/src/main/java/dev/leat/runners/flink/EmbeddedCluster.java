package dev.leat.runners.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.flink.FlinkPipelineOptions;

/**
 * The Flink cluster inside this process.
 *
 * <p>It can be configured through a folder only ({@code flinkConfDir}), and needs to be: by default
 * its REST server and its blob server listen on every address of the machine, with no
 * authentication, and {@code savepointPath} is read for clusters elsewhere and silently left out
 * here. There is no web UI: it is a jar of its own, which we leave out.
 */
final class EmbeddedCluster {
  static final String LOCAL = "[local]";

  /** What Flink's embedded cluster has by default, enough for a parallelism of 16. */
  private static final int LEAST_NETWORK_MIB = 64;

  /** What a task sorts in, before it spills; its operators have it in equal parts. */
  private static final int LEAST_SORT_MIB = 64;

  private static final int MOST_SORT_MIB = 512;

  /** Of the heap's, for all tasks together. */
  private static final int SORT_SHARE = 32;

  /** So long a live run's buffer waits to be filled before it is sent. Flink's own is 100. */
  private static final int LIVE_FLUSH_MILLIS = 20;

  private EmbeddedCluster() {}

  static boolean isMasterOf(FlinkPipelineOptions flink) {
    return flink.getFlinkMaster().trim().equals(LOCAL);
  }

  static void configure(FlinkPipelineOptions flink) {
    if (isMasterOf(flink) && !ConfigurationFolder.isGiven(flink)) {
      ConfigurationFolder.set(flink, settings(flink));
    }
  }

  private static List<String> settings(FlinkPipelineOptions flink) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "rest.address: 127.0.0.1",
                "rest.bind-address: 127.0.0.1",
                "jobmanager.bind-host: 127.0.0.1",
                "taskmanager.host: 127.0.0.1",
                "taskmanager.bind-host: 127.0.0.1",
                // LZ4 took 5% of a run, and the hashes that are most of a block do not get shorter.
                "taskmanager.network.batch-shuffle.compression.enabled: false",
                SubmittedJob.LISTENER_SETTING,
                JobCounters.REPORTER_SETTING));
    if (flink.isStreaming()) {
      // A job with checkpoints is otherwise restarted for ever, and nobody is told.
      lines.add("restart-strategy.type: exponential-delay");
      lines.add("restart-strategy.exponential-delay.attempts-before-reset-backoff: 10");
      // Half of it goes into the time from an event to its row at each shuffle.
      lines.add("execution.buffer-timeout.interval: " + LIVE_FLUSH_MILLIS + " ms");
    }
    int parallelism = flink.getParallelism();
    int network = Math.max(LEAST_NETWORK_MIB, parallelism * parallelism / 4);
    lines.add("taskmanager.memory.network.min: " + network + "m");
    lines.add("taskmanager.memory.network.max: " + network + "m");
    if (!flink.isStreaming()) {
      lines.add(
          "taskmanager.memory.managed.size: "
              + sortMebibytes(parallelism, Runtime.getRuntime().maxMemory())
              + "m");
    }
    String savepoint = flink.getSavepointPath();
    if (savepoint != null) {
      lines.add("execution.savepoint.path: " + savepoint);
      lines.add(
          "execution.savepoint.ignore-unclaimed-state: "
              + Boolean.TRUE.equals(flink.getAllowNonRestoredState()));
    }
    return lines;
  }

  /**
   * The memory that bounded jobs sort in. Left to itself Beam takes 0.4 of the heap, again beside
   * it, which it clears up for that ({@code System.gc}), and each sort takes its whole part at
   * once, 32 KiB at a time: of 24 GiB that is two seconds before the first event. What is more than
   * a sort needs is spilled to files, which the system keeps in the memory that is free: 256 MiB
   * sorted 12 million events as fast as 1.6 GiB.
   */
  static long sortMebibytes(int parallelism, long heapBytes) {
    long share = (heapBytes >> 20) / SORT_SHARE / parallelism;
    return parallelism * Math.max(LEAST_SORT_MIB, Math.min(MOST_SORT_MIB, share));
  }
}
