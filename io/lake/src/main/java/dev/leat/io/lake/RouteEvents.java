package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.EventBytes;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Cuts blocks by partition. A bundle's events of one partition go together; a partition that has
 * more than {@link #SHARD_BYTES} in a bundle is spread, so that one worker need not write it all.
 */
final class RouteEvents extends DoFn<EventBlock, KV<String, RawBlock>> {
  private static final long serialVersionUID = 1L;

  /** Payload bytes, uncompressed; several times the size of the file they become. */
  private static final long SHARD_BYTES = 64L << 20;

  /** Payload bytes that may wait in unfinished blocks. */
  private static final long MAX_BUFFERED_BYTES = 32L << 20;

  private static final int EVENT_OVERHEAD = 200;

  private final List<RawPartition> partitions;
  private transient @Nullable Map<Partition, Open> open;
  private transient EventBytes event = new EventBytes();
  private transient long buffered;

  RouteEvents(List<RawPartition> partitions) {
    this.partitions = partitions;
  }

  @Setup
  public void setup() {
    event = new EventBytes();
  }

  @StartBundle
  public void start() {
    open = new HashMap<>();
    buffered = 0;
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<KV<String, RawBlock>> output) {
    Map<Partition, Open> byPartition = opened();
    EventBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      event.read(cursor.encoded());
      Open target = byPartition.computeIfAbsent(partitionOf(event), Open::new);
      target.block.add(event);
      int size = event.data().length() + EVENT_OVERHEAD;
      target.waiting += size;
      buffered += size;
      if (target.block.isFull()) {
        buffered -= target.waiting;
        output.output(target.flush());
      }
    }
    if (buffered > MAX_BUFFERED_BYTES) {
      for (Open target : byPartition.values()) {
        if (!target.block.isEmpty()) {
          output.output(target.flush());
        }
      }
      buffered = 0;
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    for (Open target : opened().values()) {
      if (!target.block.isEmpty()) {
        context.output(target.flush(), GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
      }
    }
    open = null;
  }

  private Map<Partition, Open> opened() {
    if (open == null) {
      throw new IllegalStateException("No bundle was started");
    }
    return open;
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
    private final Partition partition;
    private final RawBlock.Builder block = new RawBlock.Builder();
    private long waiting;
    private long sent;

    Open(Partition partition) {
      this.partition = partition;
    }

    KV<String, RawBlock> flush() {
      String shard = sent / SHARD_BYTES + "/" + partition.name();
      sent += waiting;
      waiting = 0;
      return KV.of(shard, block.build());
    }
  }
}
