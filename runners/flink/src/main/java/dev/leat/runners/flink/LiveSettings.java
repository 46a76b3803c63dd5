package dev.leat.runners.flink;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.beam.runners.flink.FlinkPipelineOptions;

/** The settings without which a live run loses or repeats data: set, or refused if given wrong. */
final class LiveSettings {
  private static final int MOST_KEY_GROUPS = 32_768;

  private final FlinkPipelineOptions flink;
  private final Set<String> given;
  private final List<String> problems;

  LiveSettings(FlinkPipelineOptions flink, Set<String> given, List<String> problems) {
    this.flink = flink;
    this.given = given;
    this.problems = problems;
  }

  void apply() {
    require(
        "checkpointingInterval",
        flink.getCheckpointingInterval(),
        interval -> interval >= 1_000,
        "1000 or more ms",
        flink::setCheckpointingInterval,
        10_000L);
    require(
        "checkpointingMode",
        flink.getCheckpointingMode(),
        "EXACTLY_ONCE"::equals,
        "EXACTLY_ONCE",
        flink::setCheckpointingMode,
        "EXACTLY_ONCE");
    requireTrue(
        "externalizedCheckpointsEnabled",
        flink.isExternalizedCheckpointsEnabled(),
        flink::setExternalizedCheckpointsEnabled);
    requireTrue(
        "retainExternalizedCheckpointsOnCancellation",
        flink.getRetainExternalizedCheckpointsOnCancellation(),
        flink::setRetainExternalizedCheckpointsOnCancellation);
    requireTrue(
        "finishBundleBeforeCheckpointing",
        flink.getFinishBundleBeforeCheckpointing(),
        flink::setFinishBundleBeforeCheckpointing);
    // Else what waits for a checkpoint when a job is drained fails it ("watermark holds left").
    // Leat's
    // commits tell copies by content, so that handing it on without one is safe.
    requireTrue(
        "enableStableInputDrain",
        flink.getEnableStableInputDrain(),
        flink::setEnableStableInputDrain);
    require(
        "fasterCopy", flink.getFasterCopy(), copy -> !copy, "false", flink::setFasterCopy, false);
    keyGroups();
    storage();
    watermarks();
  }

  /** Sets {@code maxParallelism}, or refuses a parallelism above it. */
  private void keyGroups() {
    int least = Math.max(1, flink.getParallelism());
    keyGroups(least, Integer.toString(least));
  }

  /** The same of a parallelism that the cluster has given. */
  void keyGroupsOfCluster() {
    int least = flink.getParallelism();
    keyGroups(least, "the cluster's parallelism.default, " + least);
  }

  private void keyGroups(int least, String got) {
    if (!given.contains("maxParallelism") && least > FlinkRuns.MAX_PARALLELISM) {
      problems.add(
          "parallelism: expected 1 to %d, or maxParallelism with it, for a live run, got %s"
              .formatted(FlinkRuns.MAX_PARALLELISM, got));
      return;
    }
    require(
        "maxParallelism",
        flink.getMaxParallelism(),
        max -> max >= least && max <= MOST_KEY_GROUPS,
        least + " to " + MOST_KEY_GROUPS,
        flink::setMaxParallelism,
        FlinkRuns.MAX_PARALLELISM);
  }

  private void storage() {
    boolean known =
        flink.getStateBackendStoragePath() != null
            || flink.getStateBackendFactory() != null
            || ConfigurationFolder.isGiven(flink);
    if (EmbeddedCluster.isMasterOf(flink) && !known) {
      problems.add(
          "stateBackendStoragePath: expected a folder that outlives the run, such as"
              + " file:///var/lib/leat/checkpoints, for a live run, got none");
    }
  }

  /** Half of it is in the time from an event to its row. Flink's own is 200. */
  private void watermarks() {
    if (!given.contains("autoWatermarkInterval")) {
      flink.setAutoWatermarkInterval(100L);
    }
  }

  private void requireTrue(String option, boolean value, Consumer<Boolean> set) {
    require(option, value, Boolean::booleanValue, "true", set, true);
  }

  private <T> void require(
      String option, T value, Predicate<T> safe, String expected, Consumer<T> set, T fallback) {
    if (!given.contains(option)) {
      set.accept(fallback);
    } else if (!safe.test(value)) {
      problems.add("%s: expected %s for a live run, got %s".formatted(option, expected, value));
    }
  }
}
