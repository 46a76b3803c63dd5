package dev.leat.aggregate;

import dev.leat.block.AnyTime;
import dev.leat.block.RowBlock;
import dev.leat.health.Counters;
import dev.leat.window.WindowSpec;
import java.util.Optional;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Live, keeps the partial results of fixed or sliding windows by shard and window, and shows a
 * window's rows when {@link WindowSpec#trigger} would: at its end, before if asked, and again for
 * what came late. Of a window that was shown before only the groups come that have grown since.
 *
 * <p>It does what Beam's own windows and triggers do, which cost by the group: its state, its timer
 * and its hold on the watermark are looked up for each bundle that has an event of it. Here the
 * cost is by block and window.
 */
final class MergeLive extends DoFn<KV<byte[], PartialBlock>, RowBlock> {
  private static final Counter ROWS = Counters.counter(Counters.ROWS);

  private final Aggregation aggregation;
  private final Schema schema;
  private final WindowSpec spec;
  private final Duration kept;

  @StateId("windows")
  private final StateSpec<MapState<Long, byte[]>> windowsSpec =
      StateSpecs.map(VarLongCoder.of(), ByteArrayCoder.of());

  @StateId("chunks")
  private final StateSpec<MapState<KV<Long, Integer>, byte[]>> chunksSpec =
      StateSpecs.map(KvCoder.of(VarLongCoder.of(), VarIntCoder.of()), ByteArrayCoder.of());

  /** By the start of the window: at its end, and then when it is closed. */
  @TimerFamily("ends")
  private final TimerSpec endsSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

  /** By the start of the window: when results are shown before its end, and late ones. */
  @TimerFamily("between")
  private final TimerSpec betweenSpec = TimerSpecs.timerMap(TimeDomain.PROCESSING_TIME);

  /**
   * @param kept how long after its end a window is kept, in event time
   */
  MergeLive(Aggregation aggregation, WindowSpec spec, Duration kept) {
    this.aggregation = aggregation;
    this.schema = aggregation.schema(true);
    this.spec = spec;
    this.kept = kept;
  }

  @ProcessElement
  public void process(
      @Element KV<byte[], PartialBlock> block,
      @StateId("windows") MapState<Long, byte[]> windows,
      @StateId("chunks") MapState<KV<Long, Integer>, byte[]> chunks,
      @TimerFamily("ends") TimerMap ends,
      @TimerFamily("between") TimerMap between,
      OutputReceiver<RowBlock> out) {
    Instant watermark = ends.get("").getCurrentRelativeTime();
    block
        .getValue()
        .forEachWindow(
            (start, end, partials) -> {
              OpenWindow window = read(start, windows, chunks);
              if (window == null) {
                window = new OpenWindow(start, end, aggregation, chunks);
                if (!open(window, watermark, ends)) {
                  // As Beam's windows do. It is longer ago than anything that SplitLate lets pass.
                  return;
                }
              }
              window.add(partials.readRest());
              Optional<java.time.Duration> wait = window.hasEnded() ? spec.late() : spec.early();
              if (wait.isPresent()) {
                waitFor(wait.get(), window, between);
              } else if (window.hasEnded()) {
                show(window, out);
              }
              windows.put(start, window.write());
            });
  }

  @OnTimerFamily("ends")
  public void end(
      @TimerId String tag,
      @StateId("windows") MapState<Long, byte[]> windows,
      @StateId("chunks") MapState<KV<Long, Integer>, byte[]> chunks,
      @TimerFamily("ends") TimerMap ends,
      OutputReceiver<RowBlock> out) {
    long start = Long.parseLong(tag);
    OpenWindow window = read(start, windows, chunks);
    if (window == null) {
      return;
    }
    show(window, out);
    if (window.hasEnded()) {
      window.remove();
      windows.remove(start);
    } else {
      window.setEnded();
      closeLater(window, ends);
      windows.put(start, window.write());
    }
  }

  @OnTimerFamily("between")
  public void between(
      @TimerId String tag,
      @StateId("windows") MapState<Long, byte[]> windows,
      @StateId("chunks") MapState<KV<Long, Integer>, byte[]> chunks,
      OutputReceiver<RowBlock> out) {
    long start = Long.parseLong(tag);
    OpenWindow window = read(start, windows, chunks);
    if (window != null) {
      show(window, out);
      windows.put(start, window.write());
    }
  }

  /** Rows come at the end of their window, which can be long past. */
  @Override
  @SuppressWarnings("deprecation") // Beam has no other way to place an output in time.
  public Duration getAllowedTimestampSkew() {
    return AnyTime.SKEW;
  }

  private @Nullable OpenWindow read(
      long start, MapState<Long, byte[]> windows, MapState<KV<Long, Integer>, byte[]> chunks) {
    byte[] known = windows.get(start).read();
    return known == null ? null : OpenWindow.read(start, known, aggregation, chunks);
  }

  /** Whether it can be: the time at which it would be closed has not come. */
  private boolean open(OpenWindow window, Instant watermark, TimerMap ends) {
    if (!watermark.isBefore(closeOf(window))) {
      return false;
    }
    Instant last = lastOf(window);
    if (watermark.isBefore(last)) {
      ends.set(tagOf(window), last);
    } else {
      // A timer for a time that has passed would ring when the watermark moves again.
      window.setEnded();
      closeLater(window, ends);
    }
    return true;
  }

  /** Without a claim on the watermark: what is shown then is late already. */
  private void closeLater(OpenWindow window, TimerMap ends) {
    ends.get(tagOf(window)).withNoOutputTimestamp().set(closeOf(window));
  }

  private static void waitFor(java.time.Duration wait, OpenWindow window, TimerMap between) {
    if (!window.isWaiting()) {
      window.setWaiting();
      between
          .get(tagOf(window))
          .withNoOutputTimestamp()
          .offset(Duration.millis(wait.toMillis()))
          .setRelative();
    }
  }

  private Instant closeOf(OpenWindow window) {
    Instant close = lastOf(window).plus(kept);
    Instant latest = GlobalWindow.INSTANCE.maxTimestamp();
    return close.isBefore(latest) ? close : latest;
  }

  private static Instant lastOf(OpenWindow window) {
    return Instant.ofEpochMilli(window.last());
  }

  private static String tagOf(OpenWindow window) {
    return Long.toString(window.start());
  }

  private void show(OpenWindow window, OutputReceiver<RowBlock> out) {
    if (!window.isFresh()) {
      return;
    }
    OpenWindow.Shown shown = window.show();
    ROWS.inc(shown.grown());
    Instant last = lastOf(window);
    aggregation.giveRows(
        schema, true, shown.table(), shown.grown(), rows -> out.outputWithTimestamp(rows, last));
  }
}
