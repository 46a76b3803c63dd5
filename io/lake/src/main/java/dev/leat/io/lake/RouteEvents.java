package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
final class RouteEvents extends DoFn<EventBlock, KV<String, EventBlock>> {
  private static final long serialVersionUID = 1L;

  /** Payload bytes, uncompressed; several times the size of the file they become. */
  private static final long SHARD_BYTES = 64L << 20;

  /** Payload bytes that may wait in unfinished blocks. */
  private static final long MAX_BUFFERED_BYTES = 32L << 20;

  private static final int EVENT_OVERHEAD = 200;

  private final List<RawPartition> partitions;
  private transient @Nullable Map<String, Open> open;
  private transient long buffered;

  RouteEvents(List<RawPartition> partitions) {
    this.partitions = partitions;
  }

  @StartBundle
  public void start() {
    open = new HashMap<>();
    buffered = 0;
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<KV<String, EventBlock>> output) {
    Map<String, Open> byPartition = opened();
    EventBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      Event event = cursor.event();
      Open target = byPartition.computeIfAbsent(partitionOf(event), Open::new);
      target.block.add(cursor);
      int size = event.data().size() + EVENT_OVERHEAD;
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

  private Map<String, Open> opened() {
    if (open == null) {
      throw new IllegalStateException("No bundle was started");
    }
    return open;
  }

  /** The tenant is last, so that whatever it contains two partitions never have one name. */
  private String partitionOf(Event event) {
    OffsetDateTime time = event.time().atOffset(ZoneOffset.UTC);
    StringBuilder name = new StringBuilder();
    if (partitions.contains(RawPartition.HOUR)) {
      name.append(time.getHour());
    }
    name.append('/');
    if (partitions.contains(RawPartition.DATE)) {
      name.append(time.toLocalDate());
    } else if (partitions.contains(RawPartition.MONTH)) {
      name.append(time.getYear()).append('-').append(time.getMonthValue());
    }
    name.append('/');
    if (partitions.contains(RawPartition.TENANT)) {
      name.append(event.tenant());
    }
    return name.toString();
  }

  /** A partition's unfinished block. */
  private static final class Open {
    private final String partition;
    private final EventBlock.Builder block = new EventBlock.Builder();
    private long waiting;
    private long sent;

    Open(String partition) {
      this.partition = partition;
    }

    KV<String, EventBlock> flush() {
      String shard = sent / SHARD_BYTES + "/" + partition;
      sent += waiting;
      waiting = 0;
      return KV.of(shard, block.build());
    }
  }
}
