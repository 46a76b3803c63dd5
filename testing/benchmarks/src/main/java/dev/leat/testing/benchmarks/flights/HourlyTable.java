package dev.leat.testing.benchmarks.flights;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The result that is to be found, counted while the flights are made: by hour and origin. */
final class HourlyTable {
  private static final int GROUPS = FlightSeries.HOURS * FlightSeries.AIRPORTS;

  private final long[] flights = new long[GROUPS];
  private final long[] delay = new long[GROUPS];
  private final long[] distance = new long[GROUPS];
  private final int[] worst = new int[GROUPS];

  void add(FlightSeries series, long number) {
    int group = series.minute(number) / 60 * FlightSeries.AIRPORTS + series.origin(number);
    add(group, 1, series.delay(number), series.distance(number), series.delay(number));
  }

  void add(HourlyTable other) {
    for (int i = 0; i < GROUPS; i++) {
      if (other.flights[i] > 0) {
        add(i, other.flights[i], other.delay[i], other.distance[i], other.worst[i]);
      }
    }
  }

  private void add(int group, long moreFlights, long moreDelay, long moreDistance, int delayed) {
    worst[group] = flights[group] == 0 ? delayed : Math.max(worst[group], delayed);
    flights[group] += moreFlights;
    delay[group] += moreDelay;
    distance[group] += moreDistance;
  }

  /** Lines as {@link ResultRow#line} writes them, sorted. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      if (flights[i] > 0) {
        Instant hour =
            Instant.ofEpochMilli(FlightSeries.START + i / FlightSeries.AIRPORTS * 3_600_000L);
        String origin = FlightSeries.code(i % FlightSeries.AIRPORTS);
        lines.add(ResultRow.line(hour, origin, flights[i], delay[i], distance[i], worst[i]));
      }
    }
    lines.sort(null);
    return lines;
  }
}
