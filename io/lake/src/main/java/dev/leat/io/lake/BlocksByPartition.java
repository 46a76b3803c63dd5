package dev.leat.io.lake;

import dev.leat.block.EvenKeys;
import dev.leat.event.EventBytes;
import java.time.LocalDate;
import java.time.temporal.ChronoField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;

/**
 * Collects a bundle's events into blocks of one partition each. A partition that has more than
 * {@link #SHARD_BYTES} is spread, so that one worker need not write it all. The key that a block is
 * given out with begins with a digit.
 */
final class BlocksByPartition {
  /** Payload bytes, uncompressed; several times the size of the file they become. */
  private static final long SHARD_BYTES = 64L << 20;

  /** Payload bytes that may wait in unfinished blocks. */
  private static final long MAX_BUFFERED_BYTES = 32L << 20;

  private static final int EVENT_OVERHEAD = 200;

  private final List<RawPartition> partitions;
  private final boolean bounded;
  private final Map<Partition, Open> open = new HashMap<>();
  private long buffered;

  private BlocksByPartition(List<RawPartition> partitions, boolean bounded) {
    this.partitions = partitions;
    this.bounded = bounded;
  }

  /** With keys that Flink spreads evenly. */
  static BlocksByPartition bounded(List<RawPartition> partitions) {
    return new BlocksByPartition(partitions, true);
  }

  /**
   * With the partition's name as key: bundles are many, and to choose takes as long as some events.
   */
  static BlocksByPartition live(List<RawPartition> partitions) {
    return new BlocksByPartition(partitions, false);
  }

  /**
   * @param output gets the blocks that are full, by key
   */
  void add(EventBytes event, BiConsumer<String, RawBlock> output) {
    Open target = open.computeIfAbsent(partitionOf(event), this::begin);
    target.block.add(event);
    int size = event.data().length() + EVENT_OVERHEAD;
    target.waiting += size;
    buffered += size;
    if (target.block.isFull()) {
      buffered -= target.waiting;
      target.flush(output);
    } else if (buffered > MAX_BUFFERED_BYTES) {
      flush(output);
    }
  }

  private Open begin(Partition partition) {
    String name = partition.name();
    long place = placeOf(partition);
    return new Open(
        shard ->
            bounded ? EvenKeys.atPlace(place + shard, shard + "/" + name) : shard + "/" + name);
  }

  /**
   * Partitions that follow each other in time have places that do. From one day to the next hours
   * move on by a task, or one would have all those of the busiest hour.
   */
  private long placeOf(Partition partition) {
    long time = partition.day;
    if (partitions.contains(RawPartition.HOUR)) {
      time = time * 25 + partition.hour;
    } else if (!partitions.contains(RawPartition.DATE)) {
      time = LocalDate.ofEpochDay(time).getLong(ChronoField.PROLEPTIC_MONTH);
    }
    return time + partition.tenant.hashCode();
  }

  /** Gives out what waits. */
  void flush(BiConsumer<String, RawBlock> output) {
    for (Open target : open.values()) {
      if (!target.block.isEmpty()) {
        target.flush(output);
      }
    }
    buffered = 0;
  }

  /** Of what is not partitioned by, all events have the same. */
  private Partition partitionOf(EventBytes event) {
    long day = RawPartition.day(event);
    if (!partitions.contains(RawPartition.DATE)) {
      day =
          partitions.contains(RawPartition.MONTH)
              ? LocalDate.ofEpochDay(day).withDayOfMonth(1).toEpochDay()
              : 0;
    }
    return new Partition(
        day,
        partitions.contains(RawPartition.HOUR) ? RawPartition.hour(event) : 0,
        partitions.contains(RawPartition.TENANT) ? event.tenant().toText() : "");
  }

  /**
   * @param day days since 1970, of the first of the month where it is that
   */
  private record Partition(long day, int hour, String tenant) {
    /** The tenant is last, so that whatever it contains two partitions never have one name. */
    String name() {
      return day + "/" + hour + "/" + tenant;
    }
  }

  /** A partition's unfinished block. */
  private static final class Open {
    private final ShardKey key;
    private final RawBlock.Builder block = new RawBlock.Builder();
    private long waiting;

    Open(LongFunction<String> keyOfShard) {
      this.key = new ShardKey(SHARD_BYTES, keyOfShard);
    }

    void flush(BiConsumer<String, RawBlock> output) {
      output.accept(key.next(waiting), block.build());
      waiting = 0;
    }
  }
}
