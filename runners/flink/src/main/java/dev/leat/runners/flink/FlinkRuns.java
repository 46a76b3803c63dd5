package dev.leat.runners.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Runs on the FlinkRunner: embedded in this process unless {@code --flinkMaster=host:port} names a
 * cluster.
 *
 * <p>Defaults, each only where the user gave nothing:
 *
 * <ul>
 *   <li>{@code flinkMaster}: {@code [local]}. Beam's {@code [auto]} is for jars handed to Flink's
 *       own {@code flink run}.
 *   <li>{@code parallelism}, embedded: the number of cores, at most 8. Every shuffle needs at least
 *       parallelism squared network buffers, and Flink's embedded cluster has 2048: six shuffles
 *       ran with 16 and failed with 32. Give more and the buffers grow with it; they are direct
 *       memory, 256 MiB for 32. On a cluster: its {@code parallelism.default}, else 1.
 *   <li>{@code objectReuse}: on. Beam forbids changing an element, so that copies between chained
 *       steps are only cost.
 *   <li>{@code maxBundleSize} and {@code maxBundleTimeMills}: 100,000 elements or 10,000 ms bounded
 *       (used with {@code useDataStreamForBatch} only), 32 elements or 100 ms live. Elements are
 *       blocks. Longer bundles fill blocks, but each step holds the watermark until its own bundle
 *       ends, and there are some five of them between an event and its row; of one that the time
 *       ends it may be held on to (ADR 28).
 *   <li>{@code autoWatermarkInterval}, live: 100 ms, for the same reason; Flink's own is 200.
 *   <li>{@code flinkConfDir}, embedded and without a {@code FLINK_CONF_DIR}: a configuration that
 *       closes the embedded cluster's ports to other machines, bounds the memory that a bounded run
 *       sorts in, and has a live one send buffers after 20 ms, see {@link EmbeddedCluster}.
 *   <li>{@code filesToStage}, on a cluster: the class path less what every cluster has, see {@link
 *       StagedFiles}.
 *   <li>For a live run the settings that keep its data, see {@link #prepare}.
 * </ul>
 *
 * <p>{@code fasterCopy} is left off even though Beam recommends it: measured with reuse on, it
 * gained nothing, and on live runs it is unsafe.
 */
public final class FlinkRuns {
  /** Key groups of saved state; a job cannot be restored with a higher parallelism than this. */
  static final int MAX_PARALLELISM = 128;

  private static final int MOST_EMBEDDED_PARALLELISM = 8;

  private FlinkRuns() {}

  public static Class<? extends PipelineRunner<?>> runner() {
    return FlinkRunner.class;
  }

  /**
   * Sets the defaults, and returns what is wrong with the options given, all at once; none if the
   * run may start. A cluster elsewhere is asked, and refused if it is of another minor version of
   * Flink; not so if there is a {@code FLINK_CONF_DIR} or {@code flinkConfDir}, which may be needed
   * to reach it.
   *
   * <p>A live run gets, and is refused without:
   *
   * <ul>
   *   <li>{@code checkpointingInterval}: 1000 ms or more, 10,000 by default; {@code
   *       checkpointingMode}: {@code EXACTLY_ONCE};
   *   <li>{@code externalizedCheckpointsEnabled} and {@code
   *       retainExternalizedCheckpointsOnCancellation}: true, so that a stopped run can go on with
   *       {@code savepointPath};
   *   <li>{@code stateBackendStoragePath}, embedded: a folder that outlives the run, as a URI.
   *       There is no default: without one Flink checkpoints to this process' own memory. On a
   *       cluster, the cluster's {@code state.checkpoints.dir} will do;
   *   <li>{@code finishBundleBeforeCheckpointing}: true, so that nothing that a step holds back
   *       until the end of its bundle is missing from the checkpoint;
   *   <li>{@code enableStableInputDrain}: true, so that a job with commits that wait for
   *       checkpoints can be drained;
   *   <li>{@code maxParallelism}: fixed, 128 by default. Flink otherwise derives it from the
   *       parallelism, so that saved state fits that parallelism only. Restore with the parallelism
   *       of before even so: <a href="https://github.com/apache/beam/issues/25975">beam#25975</a>
   *       reports output missing after a lower one;
   *   <li>{@code fasterCopy}: false. It hands out saved state uncopied: an accumulator changed in
   *       place while the filesystem backend writes it makes a checkpoint that counts twice.
   * </ul>
   *
   * @param unbounded whether the run is live
   * @param given names of the options that the user gave; these are never changed
   * @throws FlinkUnreachableException if there is no cluster where {@code flinkMaster} says
   */
  public static List<String> prepare(
      PipelineOptions options, boolean unbounded, Set<String> given) {
    FlinkPipelineOptions flink = options.as(FlinkPipelineOptions.class);
    List<String> problems = new ArrayList<>();
    if (!given.contains("flinkMaster")) {
      flink.setFlinkMaster(EmbeddedCluster.LOCAL);
    }
    if (!given.contains("objectReuse")) {
      flink.setObjectReuse(true);
    }
    parallelism(flink, given, problems);
    bundles(flink, unbounded, given);
    stateBackend(flink, problems);
    if (unbounded) {
      flink.setStreaming(true);
      // A live run has no end to wait for: Beam would block, and tell nothing until then.
      flink.setAttachedMode(false);
      new LiveSettings(flink, given, problems).apply();
    }
    if (problems.isEmpty() && RemoteCluster.isMasterOf(flink)) {
      new RemoteCluster(flink, given, problems).prepare(unbounded);
    } else if (problems.isEmpty()) {
      EmbeddedCluster.configure(flink);
    }
    return List.copyOf(problems);
  }

  private static void parallelism(
      FlinkPipelineOptions flink, Set<String> given, List<String> problems) {
    if (!given.contains("parallelism")) {
      if (EmbeddedCluster.isMasterOf(flink)) {
        int cores = Runtime.getRuntime().availableProcessors();
        flink.setParallelism(Math.min(MOST_EMBEDDED_PARALLELISM, cores));
      }
    } else if (flink.getParallelism() < 1) {
      problems.add("parallelism: expected 1 or more, got " + flink.getParallelism());
    }
  }

  private static void bundles(FlinkPipelineOptions flink, boolean unbounded, Set<String> given) {
    if (!given.contains("maxBundleSize")) {
      flink.setMaxBundleSize(unbounded ? 32L : 100_000L);
    }
    if (!given.contains("maxBundleTimeMills")) {
      flink.setMaxBundleTimeMills(unbounded ? 100L : 10_000L);
    }
  }

  /** What Beam would refuse only while it translates the pipeline, and one at a time. */
  private static void stateBackend(FlinkPipelineOptions flink, List<String> problems) {
    String storage = flink.getStateBackendStoragePath();
    if (storage != null && !storage.matches("[a-z][a-z0-9+.-]*:/.*")) {
      problems.add(
          "stateBackendStoragePath: expected a URI such as file:///var/lib/leat/checkpoints, got "
              + storage);
    }
    String backend = flink.getStateBackend();
    if (backend == null) {
      if (storage != null && flink.getStateBackendFactory() == null) {
        flink.setStateBackend("filesystem");
      }
    } else if (!backend.equalsIgnoreCase("filesystem") && !backend.equalsIgnoreCase("rocksdb")) {
      problems.add("stateBackend: expected filesystem or rocksdb, got " + backend);
    } else if (storage == null) {
      problems.add("stateBackend: expected stateBackendStoragePath with it, got none");
    } else if (backend.equalsIgnoreCase("rocksdb") && !hasRocksDb()) {
      problems.add(
          "stateBackend: expected flink-statebackend-rocksdb on the class path, or in its place the"
              + " cluster's own setting state.backend.type, for rocksdb, got none");
    }
  }

  /** Whether jobs run in this process, and not on a cluster elsewhere. */
  public static boolean isEmbedded(PipelineOptions options) {
    return !RemoteCluster.isMasterOf(options.as(FlinkPipelineOptions.class));
  }

  /** Beam makes the backend in the process that submits, which does without it otherwise. */
  private static boolean hasRocksDb() {
    try {
      Class.forName(
          "org.apache.flink.contrib.streaming.state.RocksDBStateBackend",
          false,
          FlinkRuns.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
