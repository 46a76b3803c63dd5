package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.io.spi.TimeRanges;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;

/** Keeps the events of certain times. */
final class OnlyTimes extends DoFn<EventBlock, EventBlock> {
  private static final long serialVersionUID = 1L;

  private final TimeRanges times;

  OnlyTimes(TimeRanges times) {
    this.times = times;
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
    EventBlock.Builder kept = new EventBlock.Builder();
    for (Event event : block) {
      if (times.contains(event.time())) {
        kept.add(event);
      }
    }
    if (!kept.isEmpty()) {
      EventBlock some = kept.build();
      out.outputWithTimestamp(some, Instant.ofEpochMilli(some.minMillis()));
    }
  }
}
