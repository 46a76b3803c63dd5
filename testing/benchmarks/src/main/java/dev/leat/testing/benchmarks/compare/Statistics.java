package dev.leat.testing.benchmarks.compare;

import java.util.Arrays;
import java.util.List;

/**
 * Of several times of the same work.
 *
 * @param median of an even number of times the mean of the two in the middle
 */
public record Statistics(double median, double least, double most) {
  static Statistics of(List<Double> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("values: expected at least one, got none");
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Statistics(median, sorted[0], Arrays.stream(sorted).max().orElseThrow());
  }
}
