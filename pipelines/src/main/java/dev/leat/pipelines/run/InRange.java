package dev.leat.pipelines.run;

import dev.leat.field.EventView;
import dev.leat.health.Counters;
import dev.leat.io.spi.TimeRange;
import dev.leat.step.EventFunction;
import java.time.Instant;

/** Takes the events of a range of event time. */
record InRange(Instant start, Instant end) implements EventFunction {

  InRange(TimeRange range) {
    this(range.start(), range.end());
  }

  @Override
  public boolean apply(EventView event) {
    Instant time = event.event().time();
    return !time.isBefore(start) && time.isBefore(end);
  }

  @Override
  public String dropsCountedAs() {
    return Counters.OUT_OF_RANGE;
  }
}
