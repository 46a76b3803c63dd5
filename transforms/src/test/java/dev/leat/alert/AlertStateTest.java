package dev.leat.alert;

import static dev.leat.alert.AlertState.Phase.FIRING;
import static dev.leat.alert.AlertState.Phase.PENDING;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import java.time.Instant;
import org.junit.Test;

public class AlertStateTest {
  private static final Duration THREE_MINUTES = Duration.ofMinutes(3);

  @Test
  public void firesOnceItHasBeenBrokenForAsLongAsAsked() {
    AlertState first = AlertState.QUIET.next(true, minute(0), minute(1), THREE_MINUTES);
    AlertState second = first.next(true, minute(1), minute(2), THREE_MINUTES);
    AlertState third = second.next(true, minute(2), minute(3), THREE_MINUTES);
    AlertState fourth = third.next(true, minute(3), minute(4), THREE_MINUTES);

    assertThat(first, is(AlertState.of(PENDING, minute(0))));
    assertThat(second, is(AlertState.of(PENDING, minute(0))));
    assertThat(third, is(AlertState.of(FIRING, minute(0))));
    assertThat(fourth, is(third));
  }

  @Test
  public void firesAtOnceWithoutAWait() {
    assertThat(
        AlertState.QUIET.next(true, minute(4), minute(5), Duration.ZERO),
        is(AlertState.of(FIRING, minute(4))));
  }

  @Test
  public void beginsAnewAfterABreak() {
    AlertState pending = AlertState.of(PENDING, minute(0));

    AlertState quiet = pending.next(false, minute(1), minute(2), THREE_MINUTES);
    AlertState again = quiet.next(true, minute(2), minute(3), THREE_MINUTES);

    assertThat(quiet, is(AlertState.QUIET));
    assertThat(again, is(AlertState.of(PENDING, minute(2))));
  }

  @Test
  public void isResolvedByOneGoodMeasurement() {
    assertThat(
        AlertState.of(FIRING, minute(0)).next(false, minute(9), minute(10), THREE_MINUTES),
        is(AlertState.QUIET));
  }

  private static Instant minute(int number) {
    return Instant.parse("2026-01-01T00:00:00Z").plus(Duration.ofMinutes(number));
  }
}
