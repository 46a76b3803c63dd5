package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.EventBytes;
import dev.leat.event.Lineage;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.RecordParser;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a bounded ingest by partition, as {@link RouteEvents} does. Dead letters go by partition as
 * well, and all are counted. What has one key is of one kind.
 */
abstract class RouteIngest<T> extends DoFn<T, KV<String, Routed>> {
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
    blocks = BlocksByPartition.bounded(partitions);
    events = 0;
    letters = 0;
  }

  final void add(EventBytes event, OutputReceiver<KV<String, Routed>> output) {
    events++;
    Objects.requireNonNull(blocks)
        .add(event, (key, full) -> output.output(KV.of(key, new Routed.Events(full))));
  }

  final void add(DeadLetter letter, OutputReceiver<KV<String, Routed>> output) {
    letters++;
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

  private void output(KV<String, Routed> routed, FinishBundleContext context) {
    context.output(routed, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
  }

  /** Of events, and dead letters that are among them. */
  static final class OfEvents extends RouteIngest<EventBlock> {
    OfEvents(List<RawPartition> partitions, Set<String> stored) {
      super(partitions, stored);
    }

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<KV<String, Routed>> output) {
      EventBytes event = new EventBytes();
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (cursor.isLetter()) {
          add(cursor.letter(), output);
        } else {
          add(event.read(cursor.encoded()), output);
        }
      }
    }
  }

  /** Of records, parsed at once: no event is written down before it is in its partition's block. */
  static final class OfRecords extends RouteIngest<RecordBlock> {
    private final Mapping mapping;
    private transient @Nullable RecordParser parser;

    OfRecords(List<RawPartition> partitions, Set<String> stored, Mapping mapping) {
      super(partitions, stored);
      this.mapping = mapping;
    }

    @Setup
    public void open() {
      parser = new RecordParser(mapping);
    }

    @ProcessElement
    public void process(@Element RecordBlock records, OutputReceiver<KV<String, Routed>> output) {
      Objects.requireNonNull(parser)
          .parse(records, event -> add(event, output), letter -> add(letter, output));
    }
  }
}
