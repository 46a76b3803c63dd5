package dev.leat.dedup;

import dev.leat.window.WindowSpec;
import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * How far apart in event time two copies may be, cut into buckets that state is kept and dropped
 * by. All times are epoch milliseconds.
 */
final class Horizon implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Beam has no older event, and none as far on the other side of 1970. */
  static final long FIRST_MILLIS = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final int BUCKETS = 16;

  private final long millis;
  private final long bucketMillis;

  private Horizon(long millis) {
    this.millis = millis;
    this.bucketMillis = Math.max(1, millis / BUCKETS);
  }

  /**
   * @throws IllegalArgumentException unless it is 1 s to 30 d
   */
  static Horizon of(Duration horizon) {
    if (horizon.compareTo(SHORTEST) < 0 || horizon.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "within: expected 1s to 30d, got " + WindowSpec.text(horizon));
    }
    return new Horizon(horizon.toMillis());
  }

  long millis() {
    return millis;
  }

  long bucketOf(long time) {
    return Math.floorDiv(time, bucketMillis);
  }

  /** When the watermark passes this, no copy of an event of the bucket can be told any more. */
  long expiryOf(long bucket) {
    return (bucket + 1) * bucketMillis + millis;
  }

  /** The first bucket that is still alive when the watermark is at {@code time}. */
  long firstAliveAt(long time) {
    return Math.floorDiv(Math.max(time, FIRST_MILLIS) - millis, bucketMillis);
  }

  /** A number for a bucket and one of its chunks, which no other pair has. */
  long chunkKey(long bucket, int chunk) {
    if (chunk >>> chunkBits() != 0) {
      throw new IllegalStateException("a time bucket of more than " + chunk + " chunks of ids");
    }
    return (bucket << chunkBits()) + chunk;
  }

  /** The bucket of a {@link #chunkKey}. */
  long bucketOfKey(long chunkKey) {
    return chunkKey >> chunkBits();
  }

  /** What the buckets of all time leave of 63 bits, at most an int's: 15 to 31. */
  private int chunkBits() {
    return Math.min(31, Long.numberOfLeadingZeros(-FIRST_MILLIS / bucketMillis + 1) - 1);
  }

  /** Whether copies in these two buckets can be within the horizon. */
  boolean reaches(long bucket, long other) {
    return Math.abs(bucket - other) * bucketMillis <= millis;
  }
}
