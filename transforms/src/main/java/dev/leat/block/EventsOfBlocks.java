package dev.leat.block;

import dev.leat.event.Event;
import org.apache.beam.sdk.transforms.DoFn;

/** The events of blocks, each at its time. */
public final class EventsOfBlocks extends DoFn<EventBlock, Event> {
  @ProcessElement
  public void process(@Element EventBlock block, OutputReceiver<Event> out) {
    for (Event event : block) {
      out.outputWithTimestamp(event, event.timestamp());
    }
  }
}
