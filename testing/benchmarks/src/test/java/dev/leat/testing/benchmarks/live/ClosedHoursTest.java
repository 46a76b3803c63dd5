package dev.leat.testing.benchmarks.live;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.Test;

public class ClosedHoursTest {
  private static final Instant FIVE = Instant.parse("2001-01-01T05:00:00Z");
  private static final Instant SIX = FIVE.plus(Duration.ofHours(1));
  private static final Instant SEVEN = SIX.plus(Duration.ofHours(1));

  private final ClosedHours hours = new ClosedHours(2, Duration.ofMinutes(10));

  @Test
  public void anHourIsClosedByTheLastPartitionThatPassesItsEndByTheDisorder() {
    stored(0, FIVE.plusSeconds(600), 1);
    stored(1, FIVE.plusSeconds(600), 2);
    stored(0, SIX.plusSeconds(601), 3);
    stored(1, SIX.plusSeconds(599), 4);
    Map<Instant, Long> before = hours.closed();
    stored(1, SIX.plusSeconds(600), 5);

    assertThat(before, is(Map.of()));
    assertThat(hours.closed(), is(Map.of(FIVE, 5L)));
  }

  @Test
  public void anEventThatIsFarAheadClosesHoursWithoutAny() {
    stored(0, FIVE.plusSeconds(600), 1);
    stored(1, FIVE.plusSeconds(600), 2);
    stored(0, SEVEN.plusSeconds(660), 3);
    stored(1, SEVEN.plusSeconds(660), 4);

    assertThat(hours.closed(), is(Map.of(FIVE, 4L, SIX, 4L)));
  }

  @Test
  public void anEarlierEventClosesNothingAgain() {
    stored(0, FIVE.plusSeconds(600), 1);
    stored(1, SEVEN, 2);
    stored(0, SEVEN, 3);
    stored(0, FIVE, 4);
    stored(1, FIVE, 5);

    assertThat(hours.closed(), is(Map.of(FIVE, 3L)));
  }

  private void stored(int partition, Instant time, long now) {
    hours.stored(partition, time.toEpochMilli(), now);
  }
}
