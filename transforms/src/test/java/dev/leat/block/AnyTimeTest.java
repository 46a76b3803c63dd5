package dev.leat.block;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.Test;

/** Tests {@link AnyTime}. */
public class AnyTimeTest {
  @Test
  public void reachesFromTheLatestTimeToTheEarliest() {
    assertThat(
        BoundedWindow.TIMESTAMP_MAX_VALUE.minus(AnyTime.SKEW),
        is(BoundedWindow.TIMESTAMP_MIN_VALUE));
  }

  @Test
  public void canBeTakenFromEachTimeThatBeamKnows() {
    // Overflows would be an ArithmeticException, which costs more than the output itself.
    assertThat(
        BoundedWindow.TIMESTAMP_MIN_VALUE
            .minus(AnyTime.SKEW)
            .isBefore(BoundedWindow.TIMESTAMP_MIN_VALUE),
        is(true));
  }
}
