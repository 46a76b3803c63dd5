package dev.leat.dedup;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.EventsOfBlocks;
import dev.leat.block.Shards;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.window.OnTime;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Drops repeats: of the events that carry the same {@code (source, id)} within a horizon of event
 * time, one is kept. It is the same for every order of arrival, because copies carry the same time
 * and payload; copies that do not are dropped too and counted as {@code conflicting}, and which of
 * them is kept depends on the order.
 *
 * <pre>{@code
 * events.apply("Drop repeats", DropDuplicates.byId().within(Duration.ofDays(1))).lateTo(late)
 * }</pre>
 *
 * <p>On bounded input the events are grouped, and none is late. Live, an id is remembered until the
 * watermark passes its event time and the horizon, to the 16th part of the horizon; an event older
 * than that goes to the late output, because whether it is a repeat cannot be told any more. State:
 * 17 bytes an id, by shard and time bucket, and one timer a shard. Kept events leave at once.
 *
 * <p>Identity is compared by a 128-bit hash (MurmurHash3). It must come before windows.
 */
public final class DropDuplicates extends PTransform<PCollection<Event>, OnTime<Event>> {
  private static final long serialVersionUID = 1L;

  private final Horizon horizon;
  private final @Nullable WindowSpec windows;

  private DropDuplicates(Horizon horizon, @Nullable WindowSpec windows) {
    this.horizon = horizon;
    this.windows = windows;
  }

  /** By {@code (source, id)}. */
  public static ById byId() {
    return new ById();
  }

  /** By {@code (source, sequence)}: the producer's own consecutive numbers. */
  public static BySequence bySequence() {
    return BySequence.withDefaults();
  }

  /** Waits for its horizon. */
  public static final class ById {
    private ById() {}

    /**
     * @param horizon how far apart in event time copies may be, 1 s to 30 d
     * @throws IllegalArgumentException if it is not
     */
    public DropDuplicates within(Duration horizon) {
      return new DropDuplicates(Horizon.of(horizon), null);
    }
  }

  /**
   * Has those of the kept events that come too late for their windows in the late output too, as a
   * {@link dev.leat.window.SplitLate} behind it would, which would shuffle them once more. By
   * default they are kept.
   *
   * @param windows those that the events will be put into
   */
  public DropDuplicates splitLateBy(WindowSpec windows) {
    return new DropDuplicates(horizon, windows);
  }

  /** The same on blocks. */
  public PTransform<PCollection<EventBlock>, OnTime<EventBlock>> onBlocks() {
    return new PTransform<>() {
      @Override
      public OnTime<EventBlock> expand(PCollection<EventBlock> blocks) {
        return sort(blocks.apply("By shard", ParDo.of(new Shards.OfBlocks(blocks.isBounded()))));
      }
    };
  }

  @Override
  public OnTime<Event> expand(PCollection<Event> events) {
    if (!(events.getWindowingStrategy().getWindowFn() instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          "DropDuplicates: expected to come before windows, got "
              + events.getWindowingStrategy().getWindowFn().getClass().getSimpleName());
    }
    OnTime<EventBlock> blocks =
        sort(events.apply("By shard", ParDo.of(new Shards.OfEvents(events.isBounded()))));
    return OnTime.of(
        blocks
            .output()
            .apply("Kept events", ParDo.of(new EventsOfBlocks()))
            .setCoder(EventCoder.of()),
        blocks
            .late()
            .apply("Late events", ParDo.of(new EventsOfBlocks()))
            .setCoder(EventCoder.of()));
  }

  private OnTime<EventBlock> sort(PCollection<KV<Integer, EventBlock>> shards) {
    shards.setCoder(Shards.CODER);
    if (shards.isBounded() == IsBounded.BOUNDED) {
      PCollection<EventBlock> kept =
          shards
              .apply("Hold the watermark", timestampsOf(TimestampCombiner.EARLIEST))
              .apply("Bring together", GroupByKey.create())
              .apply("Group repeats", ParDo.of(new GroupRepeats(horizon)))
              .setCoder(EventBlockCoder.of())
              .apply("Let it go", timestampsOf(TimestampCombiner.END_OF_WINDOW));
      PCollection<EventBlock> late =
          shards
              .getPipeline()
              .apply(
                  "No late events of " + shards.getName(),
                  org.apache.beam.sdk.transforms.Create.empty(EventBlockCoder.of()));
      return OnTime.of(kept, late);
    }
    PCollectionTuple out =
        shards.apply(
            "Remember ids by shard",
            ParDo.of(new RememberIds(horizon, windows))
                .withOutputTags(RememberIds.KEPT, TupleTagList.of(RememberIds.LATE)));
    return OnTime.of(
        out.get(RememberIds.KEPT).setCoder(EventBlockCoder.of()),
        out.get(RememberIds.LATE).setCoder(EventBlockCoder.of()));
  }

  /**
   * A group's own timestamp is by default the end of time, and the watermark goes with it: on a
   * runner that minds watermarks in batch, as the DirectRunner, the events that come out of the
   * group would be late, and the next windowed grouping would drop them.
   */
  static <T> Window<T> timestampsOf(TimestampCombiner combiner) {
    return Window.<T>configure().withTimestampCombiner(combiner);
  }
}
