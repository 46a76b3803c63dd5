package dev.leat.pipelines.backfill;

/**
 * How many rows all keys will have, from a sample of the keys and from how many rows are published.
 *
 * <p>Every key is in the sample with the same probability <i>f</i>, independently of the others
 * (Bernoulli sampling by a hash of the key). Of a sampled key are known the rows <i>y</i> that were
 * made and the rows <i>x</i> that are published; of all keys together the published rows <i>X</i>.
 * The estimate is the regression estimator through the origin,
 *
 * <pre>
 * Y = Σy/f + B · (X − Σx/f),   B = Σxy/Σx²
 * </pre>
 *
 * with the variance {@code (1−f)/f² · n/(n−1) · Σ(y − B·x)²}, and its interval is that of Student's
 * t with n−1 degrees. Where the rows made go with those published, as where a mistake is mended,
 * the published ones carry the estimate; where nothing is published, B is 0 and it is the expansion
 * of the sample. See Särndal, Swensson and Wretman, <i>Model Assisted Survey Sampling</i> (1992),
 * examples 2.4.1 and 3.2 (Bernoulli sampling, the π estimator) and chapter 6.4 (regression
 * estimators); Cochran, <i>Sampling Techniques</i> (1977), chapter 7.
 *
 * <p>A sample in which nothing strays from that line does not prove that nothing does: then as many
 * keys may stray as leave a chance of 5% to have none of them among n, which is 3/n of all (Hanley
 * and Lippman-Hand, <i>If nothing goes wrong, is everything all right?</i>, JAMA 249, 1983), each
 * by the rows of a mean key.
 *
 * @param rows expected in all
 * @param error half the width of the 95% interval; infinite with fewer than two keys
 */
record Prediction(double rows, double error) {

  /**
   * @param fraction of the keys that is sampled, above 0, at most 1
   * @param publishedInAll rows, of all keys
   */
  static Prediction of(SampleTally sample, double fraction, long publishedInAll) {
    double n = sample.keys();
    double y = sample.made();
    double x = sample.published();
    if (fraction >= 1) {
      return new Prediction(y, 0);
    }
    double slope =
        sample.publishedSquares() == 0 ? 0 : sample.products() / sample.publishedSquares();
    double rows = Math.max(0, y / fraction + slope * (publishedInAll - x / fraction));
    if (n < 2) {
      return new Prediction(rows, Double.POSITIVE_INFINITY);
    }
    double squares =
        sample.madeSquares()
            - 2 * slope * sample.products()
            + slope * slope * sample.publishedSquares();
    double relative = 1e-9 * Math.max(1, sample.madeSquares());
    if (squares <= relative) {
      return new Prediction(rows, Math.min(rows, 3 / n * rows * (1 - fraction)));
    }
    double variance = (1 - fraction) / (fraction * fraction) * n / (n - 1) * squares;
    return new Prediction(rows, StudentT.twoSided95(sample.keys() - 1) * Math.sqrt(variance));
  }

  double low() {
    return Math.max(0, rows - error);
  }

  double high() {
    return rows + error;
  }
}
