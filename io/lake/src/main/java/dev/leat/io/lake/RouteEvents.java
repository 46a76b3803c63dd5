package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.EventBytes;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Cuts blocks by partition. A bundle's events of one partition go together. */
final class RouteEvents extends DoFn<EventBlock, KV<String, RawBlock>> {
  private static final long serialVersionUID = 1L;

  private final List<RawPartition> partitions;
  private transient @Nullable BlocksByPartition blocks;

  RouteEvents(List<RawPartition> partitions) {
    this.partitions = partitions;
  }

  @StartBundle
  public void start() {
    blocks = BlocksByPartition.live(partitions);
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<KV<String, RawBlock>> output) {
    BlocksByPartition current = Objects.requireNonNull(blocks);
    EventBytes event = new EventBytes();
    EventBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      current.add(event.read(cursor.encoded()), (key, events) -> output.output(KV.of(key, events)));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    Objects.requireNonNull(blocks)
        .flush(
            (key, events) ->
                context.output(
                    KV.of(key, events),
                    GlobalWindow.INSTANCE.maxTimestamp(),
                    GlobalWindow.INSTANCE));
    blocks = null;
  }
}
