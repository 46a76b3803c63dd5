package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Flink's way to keep a sum and no flights. */
public final class SumOfHour implements AggregateFunction<Flight, HourlySum, HourlySum> {
  private static final long serialVersionUID = 1L;

  @Override
  public HourlySum createAccumulator() {
    return new HourlySum();
  }

  @Override
  public HourlySum add(Flight flight, HourlySum sum) {
    sum.add(flight);
    return sum;
  }

  @Override
  public HourlySum getResult(HourlySum sum) {
    return sum;
  }

  @Override
  public HourlySum merge(HourlySum one, HourlySum other) {
    return one.add(other);
  }
}
