package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.ResultRow;

/**
 * A row while it grows. Mutable, with public fields, because that is what Flink serializes fast.
 */
public final class HourlySum {
  public long flights;
  public long delay;
  public long distance;
  public long worst = Long.MIN_VALUE;

  public HourlySum() {}

  public HourlySum(long flights, long delay, long distance, long worst) {
    this.flights = flights;
    this.delay = delay;
    this.distance = distance;
    this.worst = worst;
  }

  void add(Flight flight) {
    flights++;
    delay += flight.delay;
    distance += flight.distance;
    worst = Math.max(worst, flight.delay);
  }

  HourlySum add(HourlySum other) {
    flights += other.flights;
    delay += other.delay;
    distance += other.distance;
    worst = Math.max(worst, other.worst);
    return this;
  }

  String json(long hour, String origin) {
    return ResultRow.json(hour, origin, flights, delay, distance, worst);
  }
}
