package dev.leat.testing.benchmarks.compare;

/**
 * One run of one contender.
 *
 * @param seconds of the whole process
 * @param differences rows that are missing, too many or different
 * @param failure why there is no result, empty if there is one
 */
public record Trial(double seconds, long differences, String failure) {
  static Trial done(double seconds, long differences) {
    return new Trial(seconds, differences, "");
  }

  static Trial failed(double seconds, String failure) {
    return new Trial(seconds, 0, failure);
  }

  boolean hasFailed() {
    return !failure.isEmpty();
  }
}
