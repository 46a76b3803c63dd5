package dev.leat.window;

import dev.leat.block.EventBlock;
import dev.leat.health.Counters;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;

/** Sends each event of a block where the watermark says. It has a timer only to see that. */
final class CompareWithWatermark extends DoFn<KV<Integer, EventBlock>, EventBlock> {
  static final TupleTag<EventBlock> IN_TIME = new TupleTag<>() {};
  static final TupleTag<EventBlock> LATE = new TupleTag<>() {};

  private static final Counter LATE_EVENTS = Counters.counter(Counters.LATE);

  private final WindowSpec windows;

  @TimerId("watermark")
  private final TimerSpec watermarkSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  CompareWithWatermark(WindowSpec windows) {
    this.windows = windows;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, EventBlock> shard,
      @TimerId("watermark") Timer watermark,
      MultiOutputReceiver out) {
    // Beam calls the watermark the current time of an event-time timer.
    Instant now = watermark.getCurrentRelativeTime();
    EventBlock.Builder inTime = new EventBlock.Builder();
    EventBlock.Builder late = new EventBlock.Builder();
    EventBlock.Cursor cursor = shard.getValue().cursor();
    while (cursor.hasNext()) {
      cursor.next();
      if (windows.isLate(Instant.ofEpochMilli(cursor.millis()), now)) {
        LATE_EVENTS.inc();
        late.add(cursor);
      } else {
        inTime.add(cursor);
      }
    }
    emit(inTime, out.get(IN_TIME));
    emit(late, out.get(LATE));
  }

  @OnTimer("watermark")
  public void never() {}

  private static void emit(EventBlock.Builder events, OutputReceiver<EventBlock> out) {
    if (!events.isEmpty()) {
      EventBlock block = events.build();
      out.outputWithTimestamp(block, Instant.ofEpochMilli(block.minMillis()));
    }
  }
}
