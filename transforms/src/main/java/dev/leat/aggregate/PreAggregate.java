package dev.leat.aggregate;

import com.google.common.hash.Hashing;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import dev.leat.health.Counters;
import dev.leat.window.WindowSpec;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Adds up a bundle's events by window and group, so that the shuffle carries blocks of partial
 * results and not events. What it holds it emits at the latest in {@code FinishBundle}: never later
 * than the watermark, because a bundle holds it.
 *
 * <p>A block leaves at the end of its window, which holds the watermark before that until the block
 * has arrived. A session's block leaves at its begin, the time of its events: it can belong to a
 * session that ends before its own window does, and that must not be closed before it has arrived.
 */
abstract class PreAggregate<InputT> extends DoFn<InputT, KV<byte[], PartialBlock>> {
  static final TupleTag<KV<byte[], PartialBlock>> PARTIALS = new TupleTag<>() {};
  static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private static final Counter USED = Counters.counter(Counters.USED);
  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);
  private static final String STEP = "aggregate";

  /** How partial results are brought together. */
  enum Shuffle {
    /** In this many groups, whatever the window: for bounded input. */
    BY_SHARD,
    /** By window and shard, in Beam's windows. */
    BY_WINDOW_AND_SHARD,
    /** By window and group, in Beam's windows: live, a result changes with its own events only. */
    BY_WINDOW_AND_GROUP
  }

  private static final int SHARDS = 32;

  private final Aggregation aggregation;
  private final PayloadReader reader;
  private final Shuffle shuffle;
  private final boolean sessions;
  private transient @Nullable Partials partials;

  /**
   * @param sessions whether windows are joined after the shuffle
   */
  PreAggregate(Aggregation aggregation, PayloadReader reader, Shuffle shuffle, boolean sessions) {
    this.aggregation = aggregation;
    this.reader = reader;
    this.shuffle = shuffle;
    this.sessions = sessions;
  }

  /** The windows of an event. */
  abstract Collection<? extends BoundedWindow> windowsOf(Event event, BoundedWindow window);

  /** The window in which partial results of {@code window} leave this step. */
  abstract BoundedWindow carrierOf(BoundedWindow window);

  @StartBundle
  public void start() {
    partials = new Partials(aggregation);
  }

  final void add(Event event, BoundedWindow window, MultiOutputReceiver out) {
    EventView view = new EventView(event, reader);
    byte[] group;
    @Nullable Object[] inputs;
    try {
      group = aggregation.groupOf(view);
      inputs = aggregation.inputsOf(view);
    } catch (RejectedException e) {
      REFUSED.inc();
      out.get(DEAD_LETTERS).output(DeadLetter.of(event, e, STEP));
      return;
    }
    USED.inc();
    for (BoundedWindow each : windowsOf(event, window)) {
      if (each instanceof IntervalWindow) {
        IntervalWindow interval = (IntervalWindow) each;
        current().add(interval.start().getMillis(), interval.end().getMillis(), group, inputs);
      } else {
        current().add(0, 0, group, inputs);
      }
    }
    if (current().size() >= Partials.MAX_GROUPS) {
      flush(
          (value, time, carrier) ->
              out.get(PARTIALS)
                  .outputWindowedValue(
                      value,
                      time,
                      List.of(carrier),
                      org.apache.beam.sdk.transforms.windowing.PaneInfo.NO_FIRING));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    flush((value, time, carrier) -> context.output(PARTIALS, value, time, carrier));
  }

  /** A block that is flushed with a later element can have an earlier time. */
  @Override
  @SuppressWarnings("deprecation") // Beam has no other way to place an output in time.
  public org.joda.time.Duration getAllowedTimestampSkew() {
    return org.joda.time.Duration.millis(Long.MAX_VALUE);
  }

  private interface Output {
    void accept(KV<byte[], PartialBlock> value, Instant time, BoundedWindow carrier);
  }

  private record Route(ByteBuffer key, Optional<IntervalWindow> window) {}

  private void flush(Output output) {
    Map<Route, PartialBlock.Builder> blocks = new HashMap<>();
    for (Map.Entry<Partials.Key, Accumulator[]> entry : current().entries()) {
      Partials.Key key = entry.getKey();
      Route route = routeOf(key);
      PartialBlock.Builder block =
          blocks.computeIfAbsent(route, unused -> new PartialBlock.Builder());
      block.add(key.start, key.end, key.group, entry.getValue());
      if (block.isFull()) {
        emit(route, block, output);
      }
    }
    blocks.forEach((route, block) -> emit(route, block, output));
    current().clear();
  }

  private void emit(Route route, PartialBlock.Builder block, Output output) {
    if (block.isEmpty()) {
      return;
    }
    BoundedWindow window =
        route.window.<BoundedWindow>map(interval -> interval).orElse(GlobalWindow.INSTANCE);
    output.accept(KV.of(route.key.array(), block.build()), timeOf(route), carrierOf(window));
  }

  private Instant timeOf(Route route) {
    return route
        .window
        .map(window -> sessions ? window.start() : window.maxTimestamp())
        .orElse(GlobalWindow.INSTANCE.maxTimestamp());
  }

  private Route routeOf(Partials.Key key) {
    boolean windowed = key.end > key.start;
    Optional<IntervalWindow> window =
        windowed && shuffle != Shuffle.BY_SHARD
            ? Optional.of(
                new IntervalWindow(Instant.ofEpochMilli(key.start), Instant.ofEpochMilli(key.end)))
            : Optional.empty();
    return new Route(ByteBuffer.wrap(shuffleKeyOf(key)), window);
  }

  private byte[] shuffleKeyOf(Partials.Key key) {
    if (shuffle == Shuffle.BY_WINDOW_AND_GROUP) {
      return key.group;
    }
    int hash = Hashing.murmur3_32_fixed().hashBytes(key.group).asInt();
    return new byte[] {(byte) Math.floorMod(hash, SHARDS)};
  }

  private Partials current() {
    Partials current = partials;
    if (current == null) {
      throw new IllegalStateException("no bundle has begun");
    }
    return current;
  }

  /** Of events, in the windows that Beam has put them in. */
  static final class OfEvents extends PreAggregate<Event> {
    OfEvents(Aggregation aggregation, PayloadReader reader, Shuffle shuffle, boolean sessions) {
      super(aggregation, reader, shuffle, sessions);
    }

    @ProcessElement
    public void process(@Element Event event, BoundedWindow window, MultiOutputReceiver out) {
      add(event, window, out);
    }

    @Override
    Collection<? extends BoundedWindow> windowsOf(Event event, BoundedWindow window) {
      return List.of(window);
    }

    @Override
    BoundedWindow carrierOf(BoundedWindow window) {
      return window;
    }
  }

  /** Of blocks in the global window; each event goes to the windows of its own time. */
  static final class OfBlocks extends PreAggregate<EventBlock> {
    private final @Nullable WindowSpec windows;

    OfBlocks(
        Aggregation aggregation,
        PayloadReader reader,
        Shuffle shuffle,
        @Nullable WindowSpec windows) {
      super(
          aggregation,
          reader,
          shuffle,
          windows != null && windows.kind() == WindowSpec.Kind.SESSION);
      this.windows = windows;
    }

    @ProcessElement
    public void process(@Element EventBlock block, BoundedWindow window, MultiOutputReceiver out) {
      for (Event event : block) {
        add(event, window, out);
      }
    }

    @Override
    Collection<? extends BoundedWindow> windowsOf(Event event, BoundedWindow window) {
      return windows != null
          ? windows.windowsOf(event.timestamp())
          : List.of(GlobalWindow.INSTANCE);
    }

    @Override
    BoundedWindow carrierOf(BoundedWindow window) {
      return GlobalWindow.INSTANCE;
    }
  }
}
