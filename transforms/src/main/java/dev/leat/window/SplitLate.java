package dev.leat.window;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.EventsOfBlocks;
import dev.leat.block.Shards;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Tells the events that come too late for their windows from the others, so that they are kept and
 * their windows repaired, where Beam would drop them without a word.
 *
 * <pre>{@code
 * events
 *     .apply("In time", SplitLate.by(hourly)).lateTo(late)
 *     .apply("Hourly", Windows.of(hourly))
 * }</pre>
 *
 * <p>Live, an event is late if a window of it is closed: the watermark has passed the window's end
 * and the allowed lateness. With sliding windows that is the first of its windows to end: a late
 * event is in none of the live results, and any other is in all of them, so that what a live run
 * gives is what a batch over all events but the late ones gives, and a repair knows what is missing
 * by the late events alone. With sessions it is the event's own, from its time for the length of
 * the gap. Late events are counted as {@code late}.
 *
 * <p>On bounded input nothing is late, and everything passes without a shuffle. It must come before
 * windows. No state is kept; live, the events are shuffled by the hash of their identity, because
 * only keyed steps see the watermark. Events leave at once.
 */
public final class SplitLate extends PTransform<PCollection<Event>, OnTime<Event>> {
  private static final long serialVersionUID = 1L;

  private final WindowSpec windows;

  private SplitLate(WindowSpec windows) {
    this.windows = windows;
  }

  /** By the windows that the events will be put into. */
  public static SplitLate by(WindowSpec windows) {
    return new SplitLate(windows);
  }

  /** The same on blocks. */
  public PTransform<PCollection<EventBlock>, OnTime<EventBlock>> onBlocks() {
    return new PTransform<>() {
      @Override
      public OnTime<EventBlock> expand(PCollection<EventBlock> blocks) {
        return blocks.isBounded() == IsBounded.BOUNDED
            ? nothingLate(blocks, EventBlockCoder.of())
            : split(
                blocks.apply("By shard", ParDo.of(new Shards.OfBlocks(blocks.isBounded()))),
                windows);
      }
    };
  }

  @Override
  public OnTime<Event> expand(PCollection<Event> events) {
    if (!(events.getWindowingStrategy().getWindowFn() instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          "SplitLate: expected to come before windows, got "
              + events.getWindowingStrategy().getWindowFn().getClass().getSimpleName());
    }
    if (events.isBounded() == IsBounded.BOUNDED) {
      return nothingLate(events, EventCoder.of());
    }
    OnTime<EventBlock> blocks =
        split(events.apply("By shard", ParDo.of(new Shards.OfEvents(events.isBounded()))), windows);
    return OnTime.of(
        blocks
            .output()
            .apply("Events in time", ParDo.of(new EventsOfBlocks()))
            .setCoder(EventCoder.of()),
        blocks
            .late()
            .apply("Late events", ParDo.of(new EventsOfBlocks()))
            .setCoder(EventCoder.of()));
  }

  private static OnTime<EventBlock> split(
      PCollection<KV<Integer, EventBlock>> shards, WindowSpec windows) {
    PCollectionTuple out =
        shards
            .setCoder(Shards.CODER)
            .apply(
                "Compare with the watermark",
                ParDo.of(new CompareWithWatermark(windows))
                    .withOutputTags(
                        CompareWithWatermark.IN_TIME, TupleTagList.of(CompareWithWatermark.LATE)));
    return OnTime.of(
        out.get(CompareWithWatermark.IN_TIME).setCoder(EventBlockCoder.of()),
        out.get(CompareWithWatermark.LATE).setCoder(EventBlockCoder.of()));
  }

  private static <T> OnTime<T> nothingLate(PCollection<T> all, Coder<T> coder) {
    return OnTime.of(
        all, all.getPipeline().apply("No late events of " + all.getName(), Create.empty(coder)));
  }
}
