package dev.leat.pipelines.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.Assert.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongBiFunction;
import org.junit.Test;

/** Predictions for seeded tables of which all is known. */
public class PredictionTest {
  private static final int KEYS = 3000;
  private static final int TRIALS = 400;

  @Test
  public void theIntervalHasTheTruthAboutAsOftenAsItSays() {
    // Mended: a few rows more for each key, by how large it is. Nothing published. Unrelated.
    assertThat(
        covered((x, random) -> x + random.nextInt(Math.toIntExact(x) + 1), true), greaterThan(0.9));
    assertThat(covered((x, random) -> x, false), greaterThan(0.9));
    assertThat(covered((x, random) -> 1 + random.nextInt(50), true), greaterThan(0.9));
    // Only every twentieth key differs.
    assertThat(
        covered((x, random) -> random.nextInt(20) == 0 ? x + 30 : x, true), greaterThan(0.88));
  }

  @Test
  public void whatIsPublishedMakesItNarrow() {
    double with = meanError((x, random) -> x + (random.nextInt(10) == 0 ? 1 : 0), true);
    double without = meanError((x, random) -> x + (random.nextInt(10) == 0 ? 1 : 0), false);

    assertThat(with, lessThan(without / 10));
  }

  @Test
  public void aSampleInWhichNothingDiffersStillSaysHowLittleItHasSeen() {
    SampleTally same =
        tally(List.of(new long[] {10, 10}, new long[] {20, 20}, new long[] {30, 30}));

    Prediction prediction = Prediction.of(same, 0.01, 6000);

    assertThat(prediction.rows(), closeTo(6000, 1e-6));
    assertThat(prediction.error(), closeTo(3.0 / 3 * 6000 * 0.99, 1e-6));
  }

  @Test
  public void followsTheDefinition() {
    // By hand: B = (10·12 + 20·22) / (10² + 20²) = 1.12; Y = 34/0.1 + 1.12·(400 − 300) = 452;
    // residuals 0.8 and −0.4; V = 0.9/0.01 · 2/1 · 0.8 = 144; t with one degree 12.706.
    Prediction prediction =
        Prediction.of(tally(List.of(new long[] {10, 12}, new long[] {20, 22})), 0.1, 400);

    assertThat(prediction.rows(), closeTo(452, 1e-9));
    assertThat(prediction.error(), closeTo(12.706 * 12, 1e-6));
    assertThat(prediction.low(), closeTo(452 - 152.472, 1e-6));
    assertThat(prediction.high(), closeTo(452 + 152.472, 1e-6));
  }

  @Test
  public void allKeysAreNoSampleAndOneKeySaysNothing() {
    assertThat(Prediction.of(tally(List.of(new long[] {3, 4})), 1, 3), is(new Prediction(4, 0)));
    assertThat(
        Prediction.of(tally(List.of(new long[] {3, 4})), 0.5, 6).error(),
        is(Double.POSITIVE_INFINITY));
  }

  @Test
  public void studentsQuantilesFallToTheNormalOne() {
    assertThat(StudentT.twoSided95(1), is(12.706));
    assertThat(StudentT.twoSided95(30), is(2.042));
    assertThat(StudentT.twoSided95(40), closeTo(2.021, 0.002));
    assertThat(StudentT.twoSided95(120), closeTo(1.980, 0.001));
    assertThat(StudentT.twoSided95(1_000_000), closeTo(1.960, 0.001));
    for (int degrees = 1; degrees < 200; degrees++) {
      assertThat(
          StudentT.twoSided95(degrees), greaterThanOrEqualTo(StudentT.twoSided95(degrees + 1)));
    }
    assertThrows(IllegalArgumentException.class, () -> StudentT.twoSided95(0));
  }

  /** In what share of the trials the truth is in the interval. */
  private static double covered(ToLongBiFunction<Long, Random> made, boolean isPublished) {
    int covered = 0;
    for (int seed = 0; seed < TRIALS; seed++) {
      Trial trial = trial(seed, made, isPublished);
      covered +=
          trial.prediction.low() <= trial.truth && trial.truth <= trial.prediction.high() ? 1 : 0;
    }
    return (double) covered / TRIALS;
  }

  private static double meanError(ToLongBiFunction<Long, Random> made, boolean isPublished) {
    double sum = 0;
    for (int seed = 0; seed < TRIALS; seed++) {
      sum += trial(seed, made, isPublished).prediction.error();
    }
    return sum / TRIALS;
  }

  private record Trial(Prediction prediction, double truth) {}

  private static Trial trial(long seed, ToLongBiFunction<Long, Random> made, boolean isPublished) {
    Random random = new Random(seed);
    double fraction = 0.05;
    List<long[]> sample = new ArrayList<>();
    long truth = 0;
    long published = 0;
    for (int key = 0; key < KEYS; key++) {
      // Some keys are much larger than most.
      long x = 1 + (long) Math.exp(random.nextGaussian() + 2);
      long y = made.applyAsLong(x, random);
      truth += y;
      published += isPublished ? x : 0;
      if (random.nextDouble() < fraction) {
        sample.add(new long[] {isPublished ? x : 0, y});
      }
    }
    return new Trial(Prediction.of(tally(sample), fraction, published), truth);
  }

  /** Of keys by their published and made rows. */
  private static SampleTally tally(List<long[]> keys) {
    List<SampleTally> tallies = new ArrayList<>();
    for (long[] key : keys) {
      double x = key[0];
      double y = key[1];
      tallies.add(
          new SampleTally(1, key[0], key[1], x * x, y * y, x * y, 0, 0, 0, 0, Map.of(), List.of()));
    }
    return SampleTally.sum(tallies);
  }
}
