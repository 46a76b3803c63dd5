package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Lineage;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * As {@link RouteEvents}, of blocks that have dead letters among the events: these go by partition
 * as well, and all are counted. What has one key is of one kind.
 */
final class RouteIngest extends DoFn<EventBlock, KV<String, Routed>> {
  private static final long serialVersionUID = 1L;

  private static final String LETTERS = "letters/";
  private static final String TAKEN = "taken";

  private final List<RawPartition> partitions;
  private final Set<String> stored;
  private transient @Nullable BlocksByPartition blocks;
  private transient long events;
  private transient long letters;

  /**
   * @param stored origins of which the dead letters are stored already
   */
  RouteIngest(List<RawPartition> partitions, Set<String> stored) {
    this.partitions = partitions;
    this.stored = stored;
  }

  @StartBundle
  public void start() {
    blocks = new BlocksByPartition(partitions);
    events = 0;
    letters = 0;
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<KV<String, Routed>> output) {
    BlocksByPartition current = Objects.requireNonNull(blocks);
    EventBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      if (cursor.isLetter()) {
        letters++;
        route(cursor.letter(), output);
      } else {
        events++;
        current.add(cursor, (key, full) -> output.output(KV.of(key, new Routed.Events(full))));
      }
    }
  }

  private void route(DeadLetter letter, OutputReceiver<KV<String, Routed>> output) {
    Lineage ingest = letter.ingest();
    if (ingest == null || !stored.contains(ingest.origin())) {
      output.output(KV.of(LETTERS + DeadLetterRows.partitionOf(letter), new Routed.Letter(letter)));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    Objects.requireNonNull(blocks)
        .flush((key, rest) -> output(KV.of(key, new Routed.Events(rest)), context));
    output(KV.of(TAKEN, new Routed.Taken(events, letters)), context);
    blocks = null;
  }

  private static void output(KV<String, Routed> routed, FinishBundleContext context) {
    context.output(routed, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
  }
}
