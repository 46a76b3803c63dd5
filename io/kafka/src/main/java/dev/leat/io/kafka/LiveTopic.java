package dev.leat.io.kafka;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the partitions that are read in one process know of each other, for their watermarks: see
 * {@link PartitionWatermark}. KafkaIO's timestamp policies and its consumers share one; it travels
 * with them to the worker, empty.
 */
final class LiveTopic implements TimestampPolicyFactory<Void, byte[]> {
  private static final long serialVersionUID = 1L;

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
  private transient LongSupplier clock;
  private transient Map<Integer, PartitionWatermark> watermarks = new ConcurrentHashMap<>();
  private transient volatile @Nullable Look lastLook;
  private transient volatile boolean isLookWanted;

  LiveTopic(SourceSettings settings) {
    this(settings, LiveTopic::monotonicMillis);
  }

  LiveTopic(SourceSettings settings, LongSupplier clock) {
    this.settings = settings;
    this.clock = clock;
    CheckpointMarks.trust();
  }

  @Override
  public TimestampPolicy<Void, byte[]> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previous) {
    PartitionWatermark watermark =
        new PartitionWatermark(
            settings.disorder(),
            settings.idle(),
            previous.isPresent()
                ? OptionalLong.of(previous.get().getMillis())
                : OptionalLong.empty(),
            nowMillis());
    watermarks.put(partition.partition(), watermark);
    EventTimes times = new EventTimes(settings);
    return new TimestampPolicy<>() {
      @Override
      public Instant getTimestampForRecord(
          PartitionContext context, KafkaRecord<Void, byte[]> record) {
        OptionalLong time = times.of(record.getKV().getValue());
        return Instant.ofEpochMilli(watermark.given(record.getOffset(), time, nowMillis()));
      }

      @Override
      public Instant getWatermark(PartitionContext context) {
        if (watermark.isIdle()) {
          followOthers(partition.partition(), watermark);
        }
        return Instant.ofEpochMilli(watermark.current());
      }
    };
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

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    // On a worker this comes before any checkpoint: the source is read first.
    CheckpointMarks.trust();
    clock = LiveTopic::monotonicMillis;
    watermarks = new ConcurrentHashMap<>();
  }
}
