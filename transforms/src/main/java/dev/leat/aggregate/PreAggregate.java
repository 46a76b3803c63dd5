package dev.leat.aggregate;

import com.google.common.primitives.Ints;
import dev.leat.block.AnyTime;
import dev.leat.block.EvenKeys;
import dev.leat.block.EventBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
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
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Adds up a bundle's events by window and group, so that the shuffle carries blocks of partial
 * results and not events. What it holds it emits at the latest in {@code FinishBundle}: never later
 * than the watermark, because a bundle holds it.
 *
 * <p>A block leaves at the first end of its windows, which holds the watermark before that until it
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
    /** The same live: a block leaves before the first end of its windows. */
    BY_SHARD_IN_TIME,
    /** By window and shard, in Beam's windows. */
    BY_WINDOW_AND_SHARD,
    /** By window and group, in Beam's windows: live, a result changes with its own events only. */
    BY_WINDOW_AND_GROUP
  }

  private static final int SHARDS = 32;

  /** After this Beam cuts windows short: some of them would end after the end of time. */
  private static final long LATEST_SIMPLE =
      GlobalWindow.INSTANCE.maxTimestamp().getMillis() - java.time.Duration.ofDays(3661).toMillis();

  /**
   * How much a bundle gathers: a sixteenth of the memory, because several of these can run at once
   * and what is flushed is held once more, as blocks. The rows do not depend on it.
   */
  private static final long MOST_BYTES =
      Math.max(4 << 20, Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 16));

  private final Aggregation aggregation;
  private final PayloadReader reader;
  private final Shuffle shuffle;
  private final boolean sessions;
  private final long mostBytes;
  private final List<byte[]> shardKeys;
  private transient @Nullable GroupTable table;
  private transient @Nullable ByteWriter contribution;
  private transient @Nullable PlainEventContribution plain;

  /**
   * @param sessions whether windows are joined after the shuffle
   * @param mostBytes what the groups of a bundle may take before they leave
   */
  PreAggregate(
      Aggregation aggregation,
      PayloadReader reader,
      Shuffle shuffle,
      boolean sessions,
      long mostBytes) {
    this.aggregation = aggregation;
    this.reader = reader;
    this.shuffle = shuffle;
    this.sessions = sessions;
    this.mostBytes = mostBytes;
    this.shardKeys =
        switch (shuffle) {
          case BY_SHARD, BY_WINDOW_AND_SHARD ->
              EvenKeys.bounded(SHARDS, ByteArrayCoder.of(), PreAggregate::keyBytes);
          case BY_SHARD_IN_TIME ->
              EvenKeys.live(SHARDS, ByteArrayCoder.of(), PreAggregate::keyBytes);
          case BY_WINDOW_AND_GROUP -> List.of();
        };
  }

  /** The window in which partial results of {@code window} leave this step. */
  abstract BoundedWindow carrierOf(BoundedWindow window);

  @StartBundle
  public void start() {
    if (table == null) {
      table = new GroupTable(aggregation);
      contribution = new ByteWriter();
      plain = PlainEventContribution.of(aggregation).orElse(null);
    }
  }

  /** What the event adds, or null if it was refused; to be used before the next event is asked. */
  final @Nullable ByteReader contributionOf(Event event, MultiOutputReceiver out) {
    ByteWriter written = Objects.requireNonNull(contribution);
    written.clear();
    try {
      aggregation.writeContribution(new EventView(event, reader), written);
      return new ByteReader(written.array(), 0, written.size());
    } catch (RejectedException e) {
      REFUSED.inc();
      out.get(DEAD_LETTERS).output(DeadLetter.of(event, e, STEP));
      return null;
    }
  }

  /** The same of the whole event at which the cursor stands, from its bytes if they are plain. */
  final @Nullable ByteReader contributionOf(EventBlock.Cursor cursor, MultiOutputReceiver out) {
    ByteWriter written = Objects.requireNonNull(contribution);
    return plain != null && plain.write(cursor, written)
        ? new ByteReader(written.array(), 0, written.size())
        : contributionOf(cursor.event(), out);
  }

  final void add(Collection<? extends BoundedWindow> windows, ByteReader contribution) {
    for (BoundedWindow window : windows) {
      if (window instanceof IntervalWindow) {
        IntervalWindow interval = (IntervalWindow) window;
        add(interval.start().getMillis(), interval.end().getMillis(), contribution.copy());
      } else {
        add(0, 0, contribution.copy());
      }
    }
  }

  final void add(long start, long end, ByteReader contribution) {
    current().merge(start, end, contribution);
  }

  /** Counts events that were added, and makes room for more. */
  final void added(long events, MultiOutputReceiver out) {
    USED.inc(events);
    if (current().bytes() >= mostBytes) {
      flush(
          (value, time, carrier) ->
              out.get(PARTIALS)
                  .outputWindowedValue(value, time, List.of(carrier), PaneInfo.NO_FIRING));
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
    return AnyTime.SKEW;
  }

  private interface Output {
    void accept(KV<byte[], PartialBlock> value, Instant time, BoundedWindow carrier);
  }

  private record Route(ByteBuffer key, Optional<IntervalWindow> window) {}

  private void flush(Output output) {
    Map<Route, PartialBlock.Builder> blocks = new HashMap<>();
    GroupTable gathered = current();
    for (int row : gathered.byWindow()) {
      Route route = routeOf(gathered, row);
      PartialBlock.Builder block =
          blocks.computeIfAbsent(route, unused -> new PartialBlock.Builder());
      block.add(gathered, row);
      if (block.isFull()) {
        emit(route, block, output);
      }
    }
    blocks.forEach((route, block) -> emit(route, block, output));
    // Not cleared: after a large bundle its arrays would be filled anew for every small one.
    table = new GroupTable(aggregation);
  }

  private void emit(Route route, PartialBlock.Builder block, Output output) {
    if (block.isEmpty()) {
      return;
    }
    BoundedWindow window =
        route.window.<BoundedWindow>map(interval -> interval).orElse(GlobalWindow.INSTANCE);
    Instant time = timeOf(route, block);
    output.accept(KV.of(route.key.array(), block.build()), time, carrierOf(window));
  }

  private Instant timeOf(Route route, PartialBlock.Builder block) {
    if (shuffle == Shuffle.BY_SHARD_IN_TIME) {
      return Instant.ofEpochMilli(block.earliestEnd() - 1);
    }
    return route
        .window
        .map(window -> sessions ? window.start() : window.maxTimestamp())
        .orElse(GlobalWindow.INSTANCE.maxTimestamp());
  }

  private Route routeOf(GroupTable gathered, int row) {
    if (shuffle == Shuffle.BY_SHARD || shuffle == Shuffle.BY_SHARD_IN_TIME) {
      return new Route(keyOfShard(gathered, row), Optional.empty());
    }
    long start = gathered.start(row);
    long end = gathered.end(row);
    Optional<IntervalWindow> window =
        end > start
            ? Optional.of(
                new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end)))
            : Optional.empty();
    ByteBuffer key =
        shuffle == Shuffle.BY_WINDOW_AND_GROUP
            ? ByteBuffer.wrap(gathered.group(row))
            : keyOfShard(gathered, row);
    return new Route(key, window);
  }

  private ByteBuffer keyOfShard(GroupTable gathered, int row) {
    return ByteBuffer.wrap(shardKeys.get(Math.floorMod(gathered.groupHash(row), SHARDS)));
  }

  /** All four are others for each number, or their hashes would be few. */
  static byte[] keyBytes(int number) {
    return Ints.toByteArray(number * 0x9E3779B9);
  }

  private GroupTable current() {
    GroupTable current = table;
    if (current == null) {
      throw new IllegalStateException("no bundle has begun");
    }
    return current;
  }

  /** Of events, in the windows that Beam has put them in. */
  static final class OfEvents extends PreAggregate<Event> {
    OfEvents(Aggregation aggregation, PayloadReader reader, Shuffle shuffle, boolean sessions) {
      super(aggregation, reader, shuffle, sessions, MOST_BYTES);
    }

    @ProcessElement
    public void process(@Element Event event, BoundedWindow window, MultiOutputReceiver out) {
      ByteReader contribution = contributionOf(event, out);
      if (contribution != null) {
        add(List.of(window), contribution);
        added(1, out);
      }
    }

    @Override
    BoundedWindow carrierOf(BoundedWindow window) {
      return window;
    }
  }

  /** Of blocks in the global window; each event goes to the windows of its own time. */
  static final class OfBlocks extends PreAggregate<EventBlock> {
    private final @Nullable WindowSpec windows;
    private final long fixedMillis;
    private final long offsetMillis;

    OfBlocks(
        Aggregation aggregation,
        PayloadReader reader,
        Shuffle shuffle,
        @Nullable WindowSpec windows) {
      this(aggregation, reader, shuffle, windows, MOST_BYTES);
    }

    OfBlocks(
        Aggregation aggregation,
        PayloadReader reader,
        Shuffle shuffle,
        @Nullable WindowSpec windows,
        long mostBytes) {
      super(
          aggregation,
          reader,
          shuffle,
          windows != null && windows.kind() == WindowSpec.Kind.SESSION,
          mostBytes);
      this.windows = windows;
      this.fixedMillis =
          windows != null && windows.kind() == WindowSpec.Kind.FIXED
              ? windows.size().toMillis()
              : 0;
      this.offsetMillis = windows == null ? 0 : windows.offset().toMillis();
    }

    @ProcessElement
    public void process(@Element EventBlock block, MultiOutputReceiver out) {
      long used = 0;
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (cursor.isLetter()) {
          out.get(DEAD_LETTERS).output(cursor.letter());
          continue;
        }
        ByteReader contribution =
            cursor.isReduced() ? cursor.contribution() : contributionOf(cursor, out);
        if (contribution != null) {
          addAt(cursor.millis(), contribution);
          used++;
        }
      }
      added(used, out);
    }

    private void addAt(long millis, ByteReader contribution) {
      if (windows == null) {
        add(0, 0, contribution);
      } else if (fixedMillis > 0 && millis >= fixedMillis && millis < LATEST_SIMPLE) {
        // As Beam assigns them, without an object for each event.
        long start = millis - (millis - offsetMillis) % fixedMillis;
        add(start, start + fixedMillis, contribution);
      } else {
        add(windows.windowsOf(Instant.ofEpochMilli(millis)), contribution);
      }
    }

    @Override
    BoundedWindow carrierOf(BoundedWindow window) {
      return GlobalWindow.INSTANCE;
    }
  }
}
