package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.Flight;
import java.time.Duration;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Lets the first flight of each key pass, and forgets it after a time of event time. */
final class FirstWithin extends KeyedProcessFunction<String, Flight, Flight> {
  private static final long serialVersionUID = 1L;

  private final long millis;

  // Set in open, which Flink calls first.
  @SuppressWarnings("NullAway.Init")
  private transient ValueState<Boolean> seen;

  FirstWithin(Duration horizon) {
    this.millis = horizon.toMillis();
  }

  @Override
  public void open(Configuration parameters) {
    seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Boolean.class));
  }

  @Override
  public void processElement(Flight flight, Context context, Collector<Flight> out)
      throws Exception {
    if (seen.value() == null) {
      seen.update(true);
      context.timerService().registerEventTimeTimer(flight.time + millis);
      out.collect(flight);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Flight> out) {
    seen.clear();
  }
}
