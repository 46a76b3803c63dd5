package dev.leat.io.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the partitions of one reader know of each other, for their watermarks: see {@link
 * PartitionWatermark}. The reader and its consumers share one.
 */
final class LiveTopic {
  /** Looks at the log itself. */
  interface Log {
    /** The ends of all partitions of the topic. */
    Map<Integer, Long> ends();

    /** The values of some of the last records before {@code end}. */
    List<byte[]> newest(int partition, long end);
  }

  /**
   * What the log said: the latest event times of the partitions that grew since the look before.
   */
  private record Look(long at, Map<Integer, Long> ends, Map<Integer, OptionalLong> grown) {}

  private final SourceSettings settings;
  private final LongSupplier clock;
  private final Map<Integer, PartitionWatermark> watermarks = new ConcurrentHashMap<>();
  private volatile @Nullable Look lastLook;
  private volatile boolean isLookWanted;

  LiveTopic(SourceSettings settings) {
    this(settings, LiveTopic::monotonicMillis);
  }

  LiveTopic(SourceSettings settings, LongSupplier clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * The watermark of a partition that is read here.
   *
   * @param previous the checkpoint's
   */
  PartitionWatermark open(int partition, OptionalLong previous) {
    PartitionWatermark watermark =
        new PartitionWatermark(settings.disorder(), settings.idle(), previous, nowMillis());
    watermarks.put(partition, watermark);
    return watermark;
  }

  /** Where the watermark of a partition is, which follows others if the partition is idle. */
  long current(int partition, PartitionWatermark watermark) {
    if (watermark.isIdle()) {
      followOthers(partition, watermark);
    }
    return watermark.current();
  }

  long nowMillis() {
    return clock.getAsLong();
  }

  /** Tells the watermark of a partition something, if there is one here. */
  void tell(int partition, Consumer<PartitionWatermark> news) {
    PartitionWatermark watermark = watermarks.get(partition);
    if (watermark != null) {
      news.accept(watermark);
    }
  }

  /** Looks at the log, if an idle partition has nobody else to follow and it is time again. */
  synchronized void look(Log log) {
    long now = nowMillis();
    Look last = lastLook;
    if (!isLookWanted || (last != null && now - last.at() < settings.idle().toMillis() / 2)) {
      return;
    }
    isLookWanted = false;
    Map<Integer, Long> ends = log.ends();
    Map<Integer, OptionalLong> grown = new HashMap<>();
    if (last != null && isRecent(last, now)) {
      EventTimes times = new EventTimes(settings);
      ends.forEach(
          (partition, end) -> {
            if (end > last.ends().getOrDefault(partition, end)) {
              grown.put(
                  partition,
                  log.newest(partition, end).stream()
                      .map(times::of)
                      .filter(OptionalLong::isPresent)
                      .mapToLong(OptionalLong::getAsLong)
                      .max());
            }
          });
    }
    lastLook = new Look(now, ends, grown);
  }

  private void followOthers(int partition, PartitionWatermark idle) {
    boolean hasActive = false;
    long least = Long.MAX_VALUE;
    for (PartitionWatermark other : watermarks.values()) {
      if (other != idle && !other.isIdle()) {
        hasActive = true;
        // One that reads on but had no event since may be as idle as this one a moment later.
        least = other.isAliveFor(idle) ? Math.min(least, other.current()) : Long.MIN_VALUE;
        if (least == Long.MIN_VALUE) {
          return;
        }
      }
    }
    if (hasActive) {
      idle.advance(least);
    } else {
      isLookWanted = true;
      followLog(partition, idle);
    }
  }

  private void followLog(int partition, PartitionWatermark idle) {
    Look look = lastLook;
    if (look == null || !isRecent(look, nowMillis()) || look.grown().containsKey(partition)) {
      return;
    }
    look.grown().values().stream()
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min()
        .ifPresent(idle::follow);
  }

  private boolean isRecent(Look look, long now) {
    return now - look.at() <= 2 * settings.idle().toMillis();
  }

  private static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }
}
