package dev.leat.pipelines.replay;

import dev.leat.health.Counters;
import org.apache.beam.sdk.metrics.Counter;

/** What became of the records of a replay's source; apart from what a workflow counts of them. */
final class ReplayCounters {
  private static final String PREFIX = "replay_";

  /** Events or dead letters that were looked at. */
  static final String READ = PREFIX + "read";

  /** Those that were not asked for. */
  static final String FILTERED = PREFIX + "filtered";

  /** Dead letters with the bytes of another, which stands for them. */
  static final String REPEATS = PREFIX + "repeats";

  /** Dead letters that were replayed as often as they may. */
  static final String GIVEN_UP = PREFIX + "given_up";

  /** Dead letters that are not a whole record. */
  static final String NOT_WHOLE = PREFIX + "not_whole";

  /** Those that are replayed. */
  static final String REPLAYED = PREFIX + "replayed";

  private ReplayCounters() {}

  static Counter counter(String name) {
    return Counters.counter(name);
  }
}
