package dev.leat.io.spi;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class TimeRangesTest {
  @Test
  public void joinsWhatOverlapsOrTouchesInAnyOrder() {
    TimeRanges ranges = TimeRanges.of(range(8, 9), range(1, 3), range(2, 5), range(5, 6));

    assertThat(ranges.ranges(), contains(range(1, 6), range(8, 9)));
    assertThat(ranges.hull(), is(range(1, 9)));
    assertThat(TimeRanges.of(range(1, 9), range(2, 3)).ranges(), contains(range(1, 9)));
  }

  @Test
  public void containsTheStartOfARangeAndNotItsEnd() {
    TimeRanges ranges = TimeRanges.of(range(1, 3), range(5, 6), range(8, 9));

    List<Integer> in = List.of(1, 2, 5, 8);
    for (int second = 0; second < 11; second++) {
      assertThat("at " + second, ranges.contains(at(second)), is(in.contains(second)));
    }
    assertThat(ranges.contains(at(3).minusNanos(1)), is(true));
  }

  @Test
  public void isNeverEmptyAndSingleOnlyIfItIs() {
    assertThrows(IllegalArgumentException.class, () -> TimeRanges.of());
    assertThat(TimeRanges.of(range(1, 2), range(2, 3)).single(), is(range(1, 3)));
    assertThat(
        assertThrows(UsageException.class, () -> TimeRanges.of(range(1, 2), range(3, 4)).single())
            .getMessage(),
        containsString("expected one range of event time, got 2"));
  }

  private static TimeRange range(int start, int end) {
    return TimeRange.of(at(start), at(end));
  }

  private static Instant at(int second) {
    return Instant.ofEpochSecond(second);
  }
}
