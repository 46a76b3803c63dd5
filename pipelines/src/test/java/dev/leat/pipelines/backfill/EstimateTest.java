package dev.leat.pipelines.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;

import dev.leat.io.lake.RunSpeed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class EstimateTest {
  @Test
  public void withoutARecordItSaysThatItIsADefault() {
    Estimate estimate = of(List.of());

    assertThat(estimate.time(1, 50_000), is(Duration.ofSeconds(3)));
    assertThat(estimate.basis(), startsWith("a default of 50,000 rows/s on 2 cores"));
  }

  @Test
  public void findsTheTimeOfAChunkAndOfARow() {
    // 3 s for each, and 10,000 rows a second.
    Estimate estimate = of(List.of(run(10_000, 4), run(100_000, 13), run(50_000, 8)));

    assertThat(estimate.perChunkSeconds(), closeTo(3, 1e-6));
    assertThat(estimate.rowsPerSecond(), closeTo(10_000, 1e-3));
    assertThat(estimate.time(4, 200_000), is(Duration.ofSeconds(32)));
    assertThat(estimate.relativeError(), lessThan(1e-6));
    assertThat(
        estimate.basis(),
        is(
            "3 runs or chunks of this table on DirectRunner with 2 cores: 10,000 rows/s and 3.0 s for each"));
  }

  @Test
  public void withOneSizeItIsTheMeanSpeed() {
    Estimate estimate = of(List.of(run(100_000, 9), run(100_000, 11)));

    assertThat(estimate.perChunkSeconds(), is(0.0));
    assertThat(estimate.rowsPerSecond(), closeTo(10_000, 1e-3));
    assertThat(estimate.relativeError(), is(0.5));
  }

  @Test
  public void otherWorkflowsRunnersAndMachinesAreNoGuide() {
    Instant now = Instant.EPOCH;
    Duration second = Duration.ofSeconds(1);

    Estimate estimate =
        of(
            List.of(
                new RunSpeed(now, "other", "DirectRunner", 2, 7, second),
                new RunSpeed(now, "flights", "FlinkRunner", 2, 7, second),
                new RunSpeed(now, "flights", "DirectRunner", 8, 7, second)));

    assertThat(estimate.basis(), containsString("no run of this table has recorded its speed"));
  }

  @Test
  public void aTrialFindsWhatTheFirstPartsCostMore() {
    // 2 s for each, and 5,000 rows a second; the first took 4 s longer, the second 1 s.
    Estimate estimate =
        Estimate.ofTrial(
            List.of(new Estimate.Timed(5_000, 7), new Estimate.Timed(20_000, 7)),
            List.of(
                new Estimate.Timed(5_000, 3),
                new Estimate.Timed(20_000, 6),
                new Estimate.Timed(10_000, 4)));

    assertThat(estimate.time(3, 100_000), is(Duration.ofSeconds(5 + 3 * 2 + 20)));
    assertThat(estimate.relativeError(), is(0.2));
    assertThat(
        estimate.basis(),
        is(
            "a trial on 60,000 rows in 5 parts of the range: 5,000 rows/s, 2.0 s for each chunk and 5.0 s to start"));
  }

  private static Estimate of(List<RunSpeed> runs) {
    return Estimate.of(runs, "flights", "DirectRunner", 2);
  }

  private static RunSpeed run(long rows, int seconds) {
    return new RunSpeed(
        Instant.EPOCH, "flights", "DirectRunner", 2, rows, Duration.ofSeconds(seconds));
  }
}
