package dev.leat.health;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import dev.leat.health.Health.Count;
import dev.leat.testing.fixtures.CoderContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.Test;

public class HealthTest {
  @Test
  public void addsUpInAnyOrder() {
    List<Health> parts = new ArrayList<>();
    for (int millis = 1; millis <= 1000; millis++) {
      Health.Sum part = new Health.Sum();
      part.add(Count.READ, 2);
      part.add(Count.REPEATS, millis % 2 == 0 ? 3 : -1);
      part.addLag(Duration.ofMillis(millis));
      parts.add(part.health());
    }
    Health inOrder = Health.sum(parts);
    Collections.shuffle(parts, new Random(7));

    Health shuffled = Health.sum(parts);

    assertThat(shuffled, is(inOrder));
    assertThat(shuffled.of(Count.READ), is(2000L));
    assertThat(shuffled.of(Count.REPEATS), is(1000L));
    assertThat(shuffled.of(Count.LATE), is(0L));
    assertThat((double) millis(shuffled, 0.5), closeTo(500, 5.5));
    assertThat((double) millis(shuffled, 0.95), closeTo(950, 10));
    assertThat((double) millis(shuffled, 0.99), closeTo(990, 10.5));
    assertThat((double) millis(shuffled, 1), closeTo(1000, 10.5));
  }

  @Test
  public void tellsLagsFromNothingToACentury() {
    assertThat(Health.NONE.lag(0.5), is(Optional.empty()));
    assertThat(millis(lags(Duration.ofSeconds(-5)), 0.99), is(0L));
    assertThat(millis(lags(Duration.ZERO, Duration.ofMillis(1)), 0.5), is(0L));
    assertThat(millis(lags(Duration.ZERO, Duration.ofMillis(1)), 0.51), is(1L));
    long century = Duration.ofDays(36500).toMillis();
    assertThat(
        (double) millis(lags(Duration.ofMillis(century)), 0.5), closeTo(century, century * 0.0101));
  }

  @Test
  public void keepsTheContractOfCoders() {
    CoderContract.check(
        HealthCoder.of(),
        Health.NONE,
        Health.of(Count.READ, 1),
        Health.of(Count.READ, 500),
        Health.of(Count.REPEATS, -1),
        lags(Duration.ZERO),
        lags(Duration.ofDays(1), Duration.ZERO));
  }

  @Test
  public void refusesDamage() {
    CoderContract.checkDamaged(HealthCoder.of(), Health.of(Count.READ, 500));
  }

  private static long millis(Health health, double fraction) {
    return health.lag(fraction).orElseThrow().toMillis();
  }

  private static Health lags(Duration... lags) {
    Health.Sum sum = new Health.Sum();
    for (Duration lag : lags) {
      sum.addLag(lag);
    }
    return sum.health();
  }
}
