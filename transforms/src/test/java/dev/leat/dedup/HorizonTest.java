package dev.leat.dedup;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.Test;

public class HorizonTest {
  private static final Horizon HOUR = Horizon.of(Duration.ofHours(1));
  private static final long BUCKET = 3_600_000 / 16;
  private static final long MIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  @Test
  public void takes1SecondTo30Days() {
    assertThat(Horizon.of(Duration.ofSeconds(1)).millis(), is(1000L));
    assertThat(Horizon.of(Duration.ofDays(30)).millis(), is(2_592_000_000L));
  }

  @Test
  public void refusesOtherHorizons() {
    assertThat(refusal(Duration.ofSeconds(-5)), is("within: expected 1s to 30d, got -5s"));
    assertThat(refusal(Duration.ZERO), is("within: expected 1s to 30d, got 0s"));
    assertThat(refusal(Duration.ofMillis(999)), is("within: expected 1s to 30d, got 999ms"));
    assertThat(refusal(Duration.ofDays(31)), is("within: expected 1s to 30d, got 31d"));
  }

  @Test
  public void forgetsABucketWhenTheWatermarkPassesItsEndAndTheHorizon() {
    for (long time : new long[] {0, 1, BUCKET - 1, BUCKET, -1, -BUCKET, 1_442_063_109_123L, MIN}) {
      long bucket = HOUR.bucketOf(time);
      long expiry = HOUR.expiryOf(bucket);

      assertThat(expiry - time, greaterThan(HOUR.millis()));
      assertThat(expiry - time <= HOUR.millis() + BUCKET, is(true));
      assertThat(HOUR.firstAliveAt(expiry - 1), is(bucket));
      assertThat(HOUR.firstAliveAt(expiry), is(bucket + 1));
    }
    assertThat(HOUR.firstAliveAt(Long.MIN_VALUE) <= HOUR.bucketOf(MIN), is(true));
  }

  @Test
  public void reachesAsFarAsTheHorizon() {
    assertThat(HOUR.reaches(0, 16), is(true));
    assertThat(HOUR.reaches(16, 0), is(true));
    assertThat(HOUR.reaches(0, 17), is(false));
  }

  @Test
  public void keepsKeysOfChunksApart() {
    for (Duration duration :
        List.of(Duration.ofSeconds(1), Duration.ofDays(1), Duration.ofDays(30))) {
      Horizon horizon = Horizon.of(duration);
      for (long time : new long[] {MIN, -1, 0, 253_402_300_799_999L, MAX}) {
        long bucket = horizon.bucketOf(time);
        int most = duration.toDays() == 30 ? Integer.MAX_VALUE : 30_000;

        assertThat(horizon.bucketOfKey(horizon.chunkKey(bucket, 0)), is(bucket));
        assertThat(horizon.bucketOfKey(horizon.chunkKey(bucket, most)), is(bucket));
        assertThat(horizon.chunkKey(bucket, most) < horizon.chunkKey(bucket + 1, 0), is(true));
      }
    }
    assertThrows(
        IllegalStateException.class, () -> Horizon.of(Duration.ofSeconds(1)).chunkKey(0, 1 << 15));
  }

  private static String refusal(Duration duration) {
    return assertThrows(IllegalArgumentException.class, () -> Horizon.of(duration)).getMessage();
  }
}
