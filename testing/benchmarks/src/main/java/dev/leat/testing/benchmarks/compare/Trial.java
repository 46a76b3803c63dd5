package dev.leat.testing.benchmarks.compare;

import java.util.Map;

/**
 * One run of one contender.
 *
 * @param seconds of the whole process
 * @param differences rows that are missing, too many or different
 * @param failure why there is no result, empty if there is one
 * @param figures what else was measured, by name and unit
 */
public record Trial(double seconds, long differences, String failure, Map<String, Double> figures) {
  static Trial done(double seconds, long differences) {
    return done(seconds, differences, Map.of());
  }

  static Trial done(double seconds, long differences, Map<String, Double> figures) {
    return new Trial(seconds, differences, "", figures);
  }

  static Trial failed(double seconds, String failure) {
    return new Trial(seconds, 0, failure, Map.of());
  }

  boolean hasFailed() {
    return !failure.isEmpty();
  }
}
