package dev.leat.testing.benchmarks.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long rows took from the event that made their hour complete until they were there as they
 * stayed, in milliseconds.
 */
record Latency(double p50, double p95, double p99) {

  /**
   * Of the rows of all hours that were closed within a time; none if there are none, or if one is
   * missing.
   *
   * @param closed {@link System#nanoTime} by hour
   * @param seen {@link System#nanoTime} by row
   * @param expected how many rows each hour has
   */
  static Optional<Latency> of(
      Map<Instant, Long> closed,
      Map<RowsTopic.Key, Long> seen,
      Map<Instant, Integer> expected,
      long from,
      long until) {
    Map<Instant, Integer> missing = new HashMap<>();
    closed.forEach(
        (hour, at) -> {
          if (at >= from && at < until) {
            missing.put(hour, expected.getOrDefault(hour, 0));
          }
        });
    List<Double> millis = new ArrayList<>();
    seen.forEach(
        (row, at) -> {
          Long complete = closed.get(row.hour());
          if (complete != null && missing.containsKey(row.hour())) {
            missing.merge(row.hour(), -1, Integer::sum);
            millis.add(Math.max(0, (at - complete) / 1e6));
          }
        });
    if (millis.isEmpty() || missing.values().stream().anyMatch(rows -> rows != 0)) {
      return Optional.empty();
    }
    millis.sort(null);
    return Optional.of(
        new Latency(percentile(millis, 50), percentile(millis, 95), percentile(millis, 99)));
  }

  /** By nearest rank. */
  private static double percentile(List<Double> sorted, int percent) {
    return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
  }

  /** Three numbers with a space between them. */
  String line() {
    return String.format(Locale.ROOT, "%f %f %f", p50, p95, p99);
  }

  static Latency parse(String line) {
    String[] numbers = line.strip().split(" ");
    return new Latency(
        Double.parseDouble(numbers[0]),
        Double.parseDouble(numbers[1]),
        Double.parseDouble(numbers[2]));
  }
}
