package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;

/** Lets the first flight of each key pass. */
final class FirstOfId extends RichFilterFunction<Flight> {
  private static final long serialVersionUID = 1L;

  // Set in open, which Flink calls first.
  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Boolean> seen;

  @Override
  public void open(Configuration parameters) {
    seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Boolean.class));
  }

  @Override
  public boolean filter(Flight flight) throws Exception {
    if (seen.value() != null) {
      return false;
    }
    seen.update(true);
    return true;
  }
}
