package dev.leat.pipelines.backfill;

/** Quantiles of Student's t distribution. */
final class StudentT {
  private static final double[] TWO_SIDED_95 = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private StudentT() {}

  /**
   * What |t| stays below with a probability of 95%.
   *
   * @param degrees of freedom, 1 or more
   */
  static double twoSided95(long degrees) {
    if (degrees < 1) {
      throw new IllegalArgumentException("degrees: expected 1 or more, got " + degrees);
    }
    if (degrees <= TWO_SIDED_95.length) {
      return TWO_SIDED_95[(int) degrees - 1];
    }
    // Cornish and Fisher's expansion: right to three digits from here on.
    double z = 1.959964;
    return z + (z * z * z + z) / (4.0 * degrees);
  }
}
