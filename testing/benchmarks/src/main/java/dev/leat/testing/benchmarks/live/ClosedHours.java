package dev.leat.testing.benchmarks.live;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * When each hour of event time could get no more events: when all partitions had one that is later
 * than its end by the disorder. No contender can be right about the hour before that.
 */
final class ClosedHours {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final long disorder;
  private final long[] latest;
  private final Map<Instant, Long> closed = new HashMap<>();
  private long nextEnd = Long.MIN_VALUE;

  ClosedHours(int partitions, Duration disorder) {
    this.disorder = disorder.toMillis();
    this.latest = new long[partitions];
    Arrays.fill(latest, Long.MIN_VALUE);
  }

  /**
   * An event is there.
   *
   * @param time of the event, in milliseconds since 1970
   * @param now {@link System#nanoTime}
   */
  synchronized void stored(int partition, long time, long now) {
    if (time <= latest[partition]) {
      return;
    }
    latest[partition] = time;
    long slowest = Arrays.stream(latest).min().orElseThrow();
    if (slowest == Long.MIN_VALUE) {
      return;
    }
    long watermark = slowest - disorder;
    if (nextEnd == Long.MIN_VALUE) {
      nextEnd = Math.floorDiv(watermark, HOUR) * HOUR + HOUR;
    }
    for (; nextEnd <= watermark; nextEnd += HOUR) {
      closed.put(Instant.ofEpochMilli(nextEnd - HOUR), now);
    }
  }

  /** {@link System#nanoTime} by hour, those that are closed. */
  synchronized Map<Instant, Long> closed() {
    return Map.copyOf(closed);
  }
}
