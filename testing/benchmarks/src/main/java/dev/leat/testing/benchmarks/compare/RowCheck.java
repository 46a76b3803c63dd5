package dev.leat.testing.benchmarks.compare;

import java.util.List;

/** Compares two sorted lists of rows, row by row. */
public final class RowCheck {
  private RowCheck() {}

  /**
   * How many rows differ: those that only one list has, a row that is there twice counting twice;
   * so a row with a wrong number counts as two, one missing and one too many.
   */
  public static long differences(List<String> expected, List<String> got) {
    long differences = 0;
    int e = 0;
    int g = 0;
    while (e < expected.size() && g < got.size()) {
      int order = expected.get(e).compareTo(got.get(g));
      if (order != 0) {
        differences++;
      }
      e += order <= 0 ? 1 : 0;
      g += order >= 0 ? 1 : 0;
    }
    return differences + expected.size() - e + got.size() - g;
  }
}
