package dev.leat.alert;

import static dev.leat.alert.AlertMetric.DEAD_LETTERS;
import static dev.leat.alert.AlertMetric.DUPLICATE_RATE;
import static dev.leat.alert.AlertMetric.GAPS;
import static dev.leat.alert.AlertMetric.INGEST_LAG_P95;
import static dev.leat.alert.AlertMetric.POISON_RATE;
import static dev.leat.alert.AlertMetric.THROUGHPUT;
import static dev.leat.alert.AlertRule.Side.ABOVE;
import static dev.leat.alert.AlertRule.Side.BELOW;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.health.Health;
import dev.leat.health.Health.Count;
import dev.leat.quality.Share;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.Test;

public class AlertRuleTest {
  private static final AlertRule LAG = AlertRule.of(INGEST_LAG_P95, ABOVE, Duration.ofSeconds(60));
  private static final AlertRule POISON = AlertRule.of(POISON_RATE, ABOVE, Share.parse("1.50%"));
  private static final AlertRule DEAD = AlertRule.ofCount(DEAD_LETTERS, ABOVE, 2000);
  private static final AlertRule SLOW = AlertRule.ofRate(THROUGHPUT, BELOW, new BigDecimal("0.5"));

  @Test
  public void isWrittenAsAWorkflowWritesIt() {
    assertThat(
        LAG.lasting(Duration.ofMinutes(5)),
        hasToString("{metric: ingest_lag_p95, above: 1m, for: 5m}"));
    assertThat(POISON, hasToString("{metric: poison_rate, above: 1.5%}"));
    assertThat(DEAD, hasToString("{metric: dead_letters, above: 2000}"));
    assertThat(SLOW, hasToString("{metric: throughput, below: 0.5/s}"));
  }

  @Test
  public void tellsValuesToThreeDigits() {
    assertThat(LAG.tell(new BigDecimal(999)), is("999ms"));
    assertThat(LAG.tell(new BigDecimal(59_949)), is("59.9s"));
    assertThat(LAG.tell(new BigDecimal(90_000)), is("1.5m"));
    assertThat(LAG.tell(new BigDecimal(7_200_000)), is("2h"));
    assertThat(LAG.tell(new BigDecimal(86_400_000L * 12345)), is("12345d"));
    assertThat(POISON.tell(new BigDecimal("33.3333")), is("33.3%"));
    assertThat(POISON.tell(new BigDecimal("0")), is("0%"));
    assertThat(POISON.tell(new BigDecimal("0.00012345")), is("0.000123%"));
    assertThat(DEAD.tell(new BigDecimal(1_234_567)), is("1234567"));
    assertThat(SLOW.tell(new BigDecimal("12345.67")), is("12346/s"));
    assertThat(SLOW.tell(new BigDecimal("0.25")), is("0.25/s"));
  }

  @Test
  public void isNotBrokenOnItsLimit() {
    assertThat(POISON.isBrokenBy(new BigDecimal("1.5")), is(false));
    assertThat(POISON.isBrokenBy(new BigDecimal("1.5000001")), is(true));
    assertThat(SLOW.isBrokenBy(new BigDecimal("0.500")), is(false));
    assertThat(SLOW.isBrokenBy(new BigDecimal("0.499")), is(true));
  }

  @Test
  public void measuresWhatItIsAbout() {
    Health.Sum sum = new Health.Sum();
    sum.add(Count.READ, 400);
    sum.add(Count.DEAD_LETTERS, 6);
    sum.add(Count.REPEATS, 12);
    sum.addLag(Duration.ofSeconds(10));
    Health health = sum.health();
    Optional<Duration> minute = Optional.of(Duration.ofMinutes(1));

    assertThat(POISON.valueOf(health, minute), is(Optional.of(new BigDecimal("1.5"))));
    assertThat(
        AlertRule.of(DUPLICATE_RATE, ABOVE, Share.parse("1%")).valueOf(health, minute),
        is(Optional.of(new BigDecimal("3"))));
    assertThat(DEAD.valueOf(health, minute), is(Optional.of(new BigDecimal(6))));
    assertThat(LAG.tell(LAG.valueOf(health, minute).orElseThrow()).charAt(0), is('1'));
    assertThat(SLOW.tell(SLOW.valueOf(health, minute).orElseThrow()), is("6.67/s"));
    assertThat(
        AlertRule.ofCount(GAPS, ABOVE, 0).valueOf(health, minute),
        is(Optional.of(BigDecimal.ZERO)));
  }

  @Test
  public void cannotTellSharesAndLagsOfNothingNorTheRateOfABoundedRun() {
    Optional<Duration> minute = Optional.of(Duration.ofMinutes(1));

    for (AlertRule rule : List.of(LAG, POISON)) {
      assertThat(rule.valueOf(Health.NONE, minute), is(Optional.empty()));
    }
    assertThat(DEAD.valueOf(Health.NONE, minute), is(Optional.of(BigDecimal.ZERO)));
    assertThat(SLOW.valueOf(Health.NONE, minute).orElseThrow().signum(), is(0));
    assertThat(SLOW.valueOf(Health.of(Count.READ, 5), Optional.empty()), is(Optional.empty()));
  }

  /** A difference of two counts that are not yet both in. */
  @Test
  public void takesLessThanNothingForNothing() {
    Health.Sum sum = new Health.Sum();
    sum.add(Count.READ, 4);
    sum.add(Count.REPEATS, -3);

    assertThat(
        AlertRule.of(DUPLICATE_RATE, BELOW, Share.parse("1%"))
            .valueOf(sum.health(), Optional.empty())
            .orElseThrow()
            .signum(),
        is(0));
  }

  @Test
  public void refusesWhatIsNoLimitOfItsMetric() {
    assertThat(
        refusal(() -> AlertRule.of(POISON_RATE, ABOVE, Duration.ofSeconds(1))),
        is("metric: expected one that is a duration, got poison_rate"));
    assertThat(
        refusal(() -> AlertRule.ofCount(GAPS, ABOVE, -1)), is("limit: expected 0 or more, got -1"));
    assertThat(
        refusal(() -> LAG.lasting(Duration.ofHours(25))), is("for: expected 0s to 1d, got 25h"));
  }

  private static String refusal(Runnable rule) {
    return assertThrows(IllegalArgumentException.class, rule::run).getMessage();
  }
}
