package dev.leat.pipelines.replay;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;

/** The events that are replayed. */
final class ChooseEvents extends DoFn<EventBlock, EventBlock> {
  private static final long serialVersionUID = 1L;
  private static final Counter READ = ReplayCounters.counter(ReplayCounters.READ);
  private static final Counter FILTERED = ReplayCounters.counter(ReplayCounters.FILTERED);
  private static final Counter REPLAYED = ReplayCounters.counter(ReplayCounters.REPLAYED);

  private final ReplayFilter filter;

  ChooseEvents(ReplayFilter filter) {
    this.filter = filter;
  }

  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
    READ.inc(block.count());
    EventBlock.Builder chosen = new EventBlock.Builder();
    int count = 0;
    for (Event event : block) {
      if (filter.takes(event)) {
        chosen.add(event);
        count++;
      }
    }
    FILTERED.inc(block.count() - count);
    REPLAYED.inc(count);
    if (!chosen.isEmpty()) {
      out.output(chosen.build());
    }
  }
}
