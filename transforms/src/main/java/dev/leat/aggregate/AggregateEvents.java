package dev.leat.aggregate;

import dev.leat.aggregate.PreAggregate.Shuffle;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.SplitLate;
import dev.leat.window.WindowSpec;
import java.util.Optional;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;

/**
 * Measures the events of each group and window, as rows of a declared schema: the window's start
 * and end, the grouping fields, the measures.
 *
 * <pre>{@code
 * events
 *     .apply("Hourly", Windows.fixed(Duration.ofHours(1)))
 *     .apply("Edits per page",
 *         AggregateEvents.by("/page")
 *             .measure("edits", Measure.count())
 *             .measure("added", Measure.sum("/added")))
 *     .failuresTo(rejected)
 * }</pre>
 *
 * <p>The rows are the same in any order of arrival. They do not drop repeats: {@link
 * dev.leat.dedup.DropDuplicates} comes before. The input's windows, trigger and lateness hold,
 * where the windows are intervals or there is one global window; live, each firing gives the whole
 * of its group anew, if the panes accumulate as {@link dev.leat.window.Windows} sets them. An event
 * whose value cannot be used becomes a dead letter and is in no measure.
 *
 * <p>State live: the partial results of each open window and group.
 */
public final class AggregateEvents extends PTransform<PCollection<Event>, Outcome<Row>> {
  private static final long serialVersionUID = 1L;

  private final Aggregation aggregation;
  private final PayloadReader reader;

  private AggregateEvents(Aggregation aggregation, PayloadReader reader) {
    this.aggregation = aggregation;
    this.reader = reader;
  }

  /** Groups by these fields; each column has the last part of its field's name. */
  public static AggregateEvents by(String... fields) {
    Aggregation aggregation = Aggregation.empty();
    for (String field : fields) {
      FieldRef ref = FieldRef.parse(field);
      aggregation = aggregation.withBy(ref.name(), ref);
    }
    return new AggregateEvents(aggregation, PayloadReader.plain());
  }

  /** One group of all events of a window. */
  public static AggregateEvents all() {
    return by();
  }

  public static AggregateEvents of(Aggregation aggregation) {
    return new AggregateEvents(aggregation, PayloadReader.plain());
  }

  /** Adds a grouping column with a name of its own. */
  public AggregateEvents andBy(String name, String field) {
    return new AggregateEvents(aggregation.withBy(name, FieldRef.parse(field)), reader);
  }

  /** Adds a measure. */
  public AggregateEvents measure(String name, Measure measure) {
    return new AggregateEvents(aggregation.withMeasure(name, measure), reader);
  }

  /** How payloads are read; needed for text lines. Default: by content type. */
  public AggregateEvents withReader(PayloadReader reader) {
    return new AggregateEvents(aggregation, reader);
  }

  /**
   * The same on blocks in the global window: each event goes to its own windows, or to none. Live,
   * {@link SplitLate} comes before, and no row comes twice unchanged: of a window and group each
   * row is made of more events than the one before, which {@link Aggregation#withRevision} shows.
   *
   * @param windows absent for one row a group, for all time
   */
  public static PTransform<PCollection<EventBlock>, Outcome<RowBlock>> onBlocks(
      Aggregation aggregation, PayloadReader reader, Optional<WindowSpec> windows) {
    return new PTransform<>() {
      @Override
      public Outcome<RowBlock> expand(PCollection<EventBlock> blocks) {
        return aggregateBlocks(blocks, aggregation, reader, windows);
      }
    };
  }

  @Override
  public Outcome<Row> expand(PCollection<Event> events) {
    Aggregation checked = aggregation.checked();
    WindowFn<?, ?> windowFn = events.getWindowingStrategy().getWindowFn();
    boolean windowed = !(windowFn instanceof GlobalWindows);
    if (windowed && !windowFn.windowCoder().equals(IntervalWindow.getCoder())) {
      throw new IllegalArgumentException(
          "windows: expected the global window or intervals, got "
              + windowFn.getClass().getSimpleName());
    }
    boolean sessions = !windowFn.isNonMerging();
    boolean perGroup = events.isBounded() == IsBounded.UNBOUNDED || sessions;
    Shuffle shuffle = perGroup ? Shuffle.BY_WINDOW_AND_GROUP : Shuffle.BY_WINDOW_AND_SHARD;
    PCollectionTuple partials =
        events.apply(
            "Add up bundles",
            ParDo.of(new PreAggregate.OfEvents(checked, reader, shuffle, sessions))
                .withOutputTags(PreAggregate.PARTIALS, TupleTagList.of(PreAggregate.DEAD_LETTERS)));
    PCollection<Row> rows =
        merge(coded(partials), new MergePartials(checked, windowed, false))
            .apply("Rows", ParDo.of(new RowsOfBlocks()))
            .setRowSchema(checked.schema(windowed));
    return Outcome.of(rows, partials.get(PreAggregate.DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
  }

  private static Outcome<RowBlock> aggregateBlocks(
      PCollection<EventBlock> blocks,
      Aggregation aggregation,
      PayloadReader reader,
      Optional<WindowSpec> windows) {
    boolean live = blocks.isBounded() == IsBounded.UNBOUNDED;
    boolean sessions = windows.filter(spec -> spec.kind() == WindowSpec.Kind.SESSION).isPresent();
    boolean keepsWindows = live && windows.isPresent() && !sessions;
    Shuffle shuffle =
        !live
            ? Shuffle.BY_SHARD
            : keepsWindows ? Shuffle.BY_SHARD_IN_TIME : Shuffle.BY_WINDOW_AND_GROUP;
    PCollectionTuple partials =
        blocks.apply(
            "Add up bundles",
            ParDo.of(new PreAggregate.OfBlocks(aggregation, reader, shuffle, windows.orElse(null)))
                .withOutputTags(PreAggregate.PARTIALS, TupleTagList.of(PreAggregate.DEAD_LETTERS)));
    PCollection<RowBlock> rows =
        keepsWindows
            ? mergeLive(coded(partials), aggregation, windows.get())
            : merge(
                live && sessions
                    ? coded(partials).apply("Into windows", sessions(windows.get()))
                    : coded(partials),
                new MergePartials(aggregation, windows.isPresent(), sessions));
    return Outcome.of(rows, partials.get(PreAggregate.DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
  }

  private static PCollection<RowBlock> mergeLive(
      PCollection<KV<byte[], PartialBlock>> partials, Aggregation aggregation, WindowSpec spec) {
    return partials
        .apply("Merge by shard", ParDo.of(new MergeLive(aggregation, spec, keptFor(spec))))
        .setCoder(RowBlockCoder.of(aggregation.schema(true)));
  }

  /** Beam joins them. */
  private static Window<KV<byte[], PartialBlock>> sessions(WindowSpec spec) {
    return Window.<KV<byte[], PartialBlock>>into(new CarriedWindows())
        .triggering(spec.trigger())
        .withAllowedLateness(keptFor(spec))
        // The end of a window whose early result was whole already gives nothing new.
        .withOnTimeBehavior(Window.OnTimeBehavior.FIRE_IF_NON_EMPTY)
        .accumulatingFiredPanes();
  }

  /**
   * How long after their end the windows of blocks are kept: longer than an event may be late.
   * {@link SplitLate} alone says what is late, and what it has let pass must not be dropped here.
   *
   * <p>Flink and the DirectRunner hand on elements and watermarks in their order, so that here the
   * watermark is never ahead of the one there. A minute is for runners that let late elements fall
   * behind on their way.
   *
   * <p>A session must also be there when an event comes that belongs to it. The last that can come
   * is just before the session's end, and is let pass until the allowed lateness after its own end,
   * which is later by up to a gap. Were the session gone, the event would begin another one where a
   * batch has one.
   */
  private static Duration keptFor(WindowSpec windows) {
    Duration gap =
        windows.kind() == WindowSpec.Kind.SESSION
            ? Duration.millis(windows.size().toMillis())
            : Duration.ZERO;
    return windows.beamAllowedLateness().plus(gap).plus(Duration.standardMinutes(1));
  }

  private static PCollection<KV<byte[], PartialBlock>> coded(PCollectionTuple partials) {
    return partials
        .get(PreAggregate.PARTIALS)
        .setCoder(KvCoder.of(ByteArrayCoder.of(), PartialBlock.PartialBlockCoder.of()));
  }

  private static PCollection<RowBlock> merge(
      PCollection<KV<byte[], PartialBlock>> partials, MergePartials merge) {
    return partials
        .apply("Bring together", GroupByKey.create())
        .apply("Merge", ParDo.of(merge))
        .setCoder(RowBlockCoder.of(merge.schema()));
  }

  private static final class RowsOfBlocks extends DoFn<RowBlock, Row> {
    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<Row> out) {
      block.forEach(out::output);
    }
  }
}
