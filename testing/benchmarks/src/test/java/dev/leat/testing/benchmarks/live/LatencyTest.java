package dev.leat.testing.benchmarks.live;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.Test;

public class LatencyTest {
  private static final Instant FIVE = Instant.parse("2001-01-01T05:00:00Z");
  private static final Instant SIX = FIVE.plus(Duration.ofHours(1));
  private static final long MILLI = 1_000_000;

  @Test
  public void isThatOfTheRowsOfHoursClosedWithinTheTime() {
    Map<RowsTopic.Key, Long> seen = new HashMap<>();
    for (int row = 1; row <= 200; row++) {
      seen.put(new RowsTopic.Key(FIVE, "A" + row), (1_000 + row) * MILLI);
    }
    seen.put(new RowsTopic.Key(SIX, "A1"), 9_000 * MILLI);

    Optional<Latency> latency =
        Latency.of(
            Map.of(FIVE, 1_000 * MILLI, SIX, 2_000 * MILLI),
            seen,
            Map.of(FIVE, 200, SIX, 1),
            1_000 * MILLI,
            2_000 * MILLI);

    assertThat(latency, is(Optional.of(new Latency(100, 190, 198))));
  }

  @Test
  public void isNoneIfARowIsMissing() {
    Optional<Latency> latency =
        Latency.of(
            Map.of(FIVE, 1_000 * MILLI, SIX, 1_500 * MILLI),
            Map.of(new RowsTopic.Key(FIVE, "A"), 1_200 * MILLI),
            Map.of(FIVE, 1, SIX, 1),
            1_000 * MILLI,
            2_000 * MILLI);

    assertThat(latency, is(Optional.empty()));
  }

  @Test
  public void isNoneIfNoHourWasClosed() {
    assertThat(
        Latency.of(Map.of(), Map.of(), Map.of(FIVE, 1), 0, 2_000 * MILLI), is(Optional.empty()));
  }

  @Test
  public void isReadAsItIsWritten() {
    Latency latency = new Latency(12.5, 100, 1_250);

    assertThat(Latency.parse(latency.line()), is(latency));
  }
}
