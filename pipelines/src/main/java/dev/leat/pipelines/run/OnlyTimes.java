package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.health.Counters;
import dev.leat.io.spi.TimeRanges;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;

/** Keeps the events of certain times. */
final class OnlyTimes extends DoFn<EventBlock, EventBlock> {
  private static final long serialVersionUID = 1L;

  private static final Counter OTHERS = Counters.counter(Counters.OUT_OF_RANGE);

  private final TimeRanges times;
  private final boolean counting;

  private OnlyTimes(TimeRanges times, boolean counting) {
    this.times = times;
    this.counting = counting;
  }

  static OnlyTimes in(TimeRanges times) {
    return new OnlyTimes(times, false);
  }

  /** Counts the others as out of range: they go nowhere else. */
  static OnlyTimes countingOthers(TimeRanges times) {
    return new OnlyTimes(times, true);
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
    EventBlock.Builder kept = new EventBlock.Builder();
    long others = 0;
    for (Event event : block) {
      if (times.contains(event.time())) {
        kept.add(event);
      } else {
        others++;
      }
    }
    if (counting) {
      OTHERS.inc(others);
    }
    if (!kept.isEmpty()) {
      EventBlock some = kept.build();
      out.outputWithTimestamp(some, Instant.ofEpochMilli(some.minMillis()));
    }
  }
}
