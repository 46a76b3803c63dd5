package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives the blocks of some partitions to the pipeline. A block travels at the least timestamp of
 * its records; within a partition blocks are in the order of their offsets.
 *
 * <p>First comes an empty block at the watermark: a runner counts the watermark of a reader from
 * its first element on, and one that had nothing yet would let the others' events pass it.
 */
final class LiveReader extends UnboundedReader<RecordBlock> {
  /**
   * A reader that has nothing waits a moment, so that a runner that asks without a pause, as the
   * DirectRunner does, does nothing else than ask; not longer, because on Flink its neighbours wait
   * with it. The first time it waits for the first fetch.
   */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long FIRST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final LiveSource source;
  private final LiveTopic topic;
  private final TreeMap<Integer, Long> next = new TreeMap<>();
  private final TreeMap<Integer, PartitionWatermark> watermarks = new TreeMap<>();
  private @Nullable Fetching fetching;
  private @Nullable RecordBlock current;
  private Instant timestamp = Instant.EPOCH;
  private boolean hasAsked;

  LiveReader(LiveSource source, @Nullable LiveMark mark) {
    this.source = source;
    this.topic = new LiveTopic(source.settings());
    next.putAll(source.starts());
    Map<Integer, Long> previous = new TreeMap<>();
    if (mark != null) {
      for (LiveMark.Partition partition : mark.partitions()) {
        next.put(partition.number(), partition.next());
        previous.put(partition.number(), partition.watermark());
      }
    }
    for (int partition : next.keySet()) {
      Long watermark = previous.get(partition);
      watermarks.put(
          partition,
          topic.open(
              partition, watermark == null ? OptionalLong.empty() : OptionalLong.of(watermark)));
    }
  }

  @Override
  public boolean start() {
    fetching = new Fetching(source, topic, next);
    current = RecordBlock.builder(source.origin(), next.firstKey(), null).build();
    timestamp = getWatermark();
    return true;
  }

  @Override
  public boolean advance() {
    Fetching open = fetching;
    if (open == null) {
      throw new IllegalStateException("not started");
    }
    long wait = hasAsked ? WAIT_NANOS : FIRST_WAIT_NANOS;
    hasAsked = true;
    for (Fetched fetched = open.next(wait); fetched != null; fetched = open.next(0)) {
      give(fetched);
      if (fetched.block().count() > 0) {
        return true;
      }
    }
    return false;
  }

  private void give(Fetched fetched) {
    PartitionWatermark watermark = watermarks.get(fetched.partition());
    if (watermark == null) {
      throw new IllegalStateException("partition " + fetched.partition() + " is not read here");
    }
    timestamp = Instant.ofEpochMilli(watermark.given(fetched, topic.nowMillis()));
    next.put(fetched.partition(), fetched.last() + 1);
    current = fetched.block();
  }

  @Override
  public RecordBlock getCurrent() {
    if (current == null) {
      throw new NoSuchElementException();
    }
    return current;
  }

  @Override
  public Instant getCurrentTimestamp() {
    return timestamp;
  }

  /** The least of its partitions. */
  @Override
  public Instant getWatermark() {
    long least = Long.MAX_VALUE;
    for (Map.Entry<Integer, PartitionWatermark> each : watermarks.entrySet()) {
      least = Math.min(least, topic.current(each.getKey(), each.getValue()));
    }
    return Instant.ofEpochMilli(least);
  }

  @Override
  public CheckpointMark getCheckpointMark() {
    List<LiveMark.Partition> partitions = new ArrayList<>();
    next.forEach(
        (partition, offset) -> {
          PartitionWatermark watermark = watermarks.get(partition);
          if (watermark != null) {
            partitions.add(new LiveMark.Partition(partition, offset, watermark.current()));
          }
        });
    Fetching open = fetching;
    return LiveMark.of(
        partitions,
        offsets -> {
          if (open != null) {
            open.commit(offsets);
          }
        });
  }

  @Override
  public LiveSource getCurrentSource() {
    return source;
  }

  @Override
  public void close() {
    if (fetching != null) {
      fetching.close();
    }
  }
}
