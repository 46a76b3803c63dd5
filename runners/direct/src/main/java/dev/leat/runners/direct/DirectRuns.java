package dev.leat.runners.direct;

import java.util.List;
import java.util.Set;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs on the DirectRunner: one process, everything in memory, for correctness and small inputs.
 *
 * <p>Defaults, each only where the user gave nothing:
 *
 * <ul>
 *   <li>{@code targetParallelism}: the number of cores, at least 2 so that a reader and what
 *       follows it need not take turns. On two cores 2, 3 and 4 took the same time, 8 a fifth more.
 *   <li>{@code blockOnRun}: off, so that the caller can watch the metrics of a run; it waits
 *       itself.
 *   <li>{@code enforceImmutability}: off. Comparing every element before and after every step took
 *       30 to 40% of the processor time of 100,000 short records through three steps and a group.
 *       It finds functions that change their input: Leat's own are tested with the check on (Beam's
 *       default in {@code TestPipeline}), and a workflow brings none. Give {@code
 *       --enforceImmutability=true} to try transforms of your own.
 *   <li>{@code enforceEncodability}: on. On the same records its cost was within the noise, and it
 *       finds coders that do not return what they were given.
 * </ul>
 */
public final class DirectRuns {
  private static final Logger LOG = LoggerFactory.getLogger(DirectRuns.class);
  private static final int LEAST_PARALLELISM = 2;

  private DirectRuns() {}

  public static Class<? extends PipelineRunner<?>> runner() {
    return DirectRunner.class;
  }

  /**
   * Sets the defaults above, and returns what is wrong with the options given: sentences such as
   * {@code targetParallelism: expected 1 or more, got 0}; none if the run may start.
   *
   * <p>A live run is not refused, but warned of: open windows and remembered ids are in this
   * process' memory only, and gone when it stops.
   *
   * @param unbounded whether the run is live
   * @param given names of the options that the user gave; these are never changed
   */
  public static List<String> prepare(
      PipelineOptions options, boolean unbounded, Set<String> given) {
    DirectOptions direct = options.as(DirectOptions.class);
    if (!given.contains("targetParallelism")) {
      direct.setTargetParallelism(
          Math.max(LEAST_PARALLELISM, Runtime.getRuntime().availableProcessors()));
    }
    if (!given.contains("enforceImmutability")) {
      direct.setEnforceImmutability(false);
    }
    if (!given.contains("enforceEncodability")) {
      direct.setEnforceEncodability(true);
    }

    if (!given.contains("blockOnRun")) {
      direct.setBlockOnRun(false);
    }
    int parallelism = direct.getTargetParallelism();
    if (parallelism < 1) {
      return List.of("targetParallelism: expected 1 or more, got " + parallelism);
    }
    if (unbounded) {
      LOG.warn(
          "A live run on the DirectRunner keeps its state in memory only: what is open when it"
              + " stops is lost. Use --runner=FlinkRunner to keep it.");
    }
    return List.of();
  }
}
