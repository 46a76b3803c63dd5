package dev.leat.block;

import dev.leat.event.Event;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a bundle's events in blocks by shard of the identity's hash. A block leaves when it is
 * full, or at the end of the bundle, at its earliest event time; a bundle holds the watermark, so
 * none of its events becomes late by waiting.
 */
public abstract class Shards<InputT> extends DoFn<InputT, KV<Integer, EventBlock>> {
  /** Enough to spread over the workers of a large job, few enough to fill blocks in a small one. */
  public static final int COUNT = 64;

  public static final KvCoder<Integer, EventBlock> CODER =
      KvCoder.of(VarIntCoder.of(), EventBlockCoder.of());

  /** More is not taken before it is needed. */
  private static final int LIKELY_BYTES = 1 << 17;

  private final List<Integer> keys;
  private transient EventBlock.@Nullable Builder @Nullable [] builders;

  /** That the last bundle's blocks had: shards are as large as each other, and bundles mostly. */
  private transient int likelyBytes;

  private Shards(IsBounded input) {
    this.keys =
        input == IsBounded.BOUNDED
            ? EvenKeys.bounded(COUNT, CODER.getKeyCoder(), Integer::valueOf)
            : EvenKeys.live(COUNT, CODER.getKeyCoder(), Integer::valueOf);
  }

  @StartBundle
  public void start() {
    builders = new EventBlock.@Nullable Builder[COUNT];
  }

  /** Adds an event to its shard's block, which leaves if that makes it full. */
  final void add(EventBlock.Cursor event, OutputReceiver<KV<Integer, EventBlock>> out) {
    int shard = (int) Math.floorMod(event.hashLow(), (long) COUNT);
    EventBlock.@Nullable Builder[] current = current();
    EventBlock.Builder builder = current[shard];
    if (builder == null) {
      builder = new EventBlock.Builder(likelyBytes);
      current[shard] = builder;
    }
    builder.add(event);
    if (builder.isFull()) {
      EventBlock block = builder.build();
      out.outputWithTimestamp(KV.of(keys.get(shard), block), timeOf(block));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    EventBlock.@Nullable Builder[] current = current();
    int largest = 0;
    for (int shard = 0; shard < COUNT; shard++) {
      EventBlock.Builder builder = current[shard];
      if (builder != null && !builder.isEmpty()) {
        EventBlock block = builder.build();
        largest = Math.max(largest, block.size());
        context.output(KV.of(keys.get(shard), block), timeOf(block), GlobalWindow.INSTANCE);
      }
    }
    builders = null;
    likelyBytes = Math.min(largest + largest / 8, LIKELY_BYTES);
  }

  private EventBlock.@Nullable Builder[] current() {
    EventBlock.@Nullable Builder[] current = builders;
    if (current == null) {
      throw new IllegalStateException("no bundle has begun");
    }
    return current;
  }

  /** A full block leaves with a later event of its bundle, at the time of its earliest. */
  @Override
  @SuppressWarnings("deprecation") // Beam has no other way to place an output in time.
  public Duration getAllowedTimestampSkew() {
    return AnyTime.SKEW;
  }

  private static Instant timeOf(EventBlock block) {
    return Instant.ofEpochMilli(block.minMillis());
  }

  public static final class OfEvents extends Shards<Event> {
    public OfEvents(IsBounded input) {
      super(input);
    }

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<KV<Integer, EventBlock>> out) {
      EventBlock.Cursor cursor = EventBlock.of(List.of(event)).cursor();
      cursor.next();
      add(cursor, out);
    }
  }

  public static final class OfBlocks extends Shards<EventBlock> {
    public OfBlocks(IsBounded input) {
      super(input);
    }

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<KV<Integer, EventBlock>> out) {
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        add(cursor, out);
      }
    }
  }
}
