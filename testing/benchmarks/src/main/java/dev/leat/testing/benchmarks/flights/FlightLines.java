package dev.leat.testing.benchmarks.flights;

import java.util.ArrayList;
import java.util.List;

/** Lines in memory, for measurements without files. */
public final class FlightLines {
  private FlightLines() {}

  /** The lines that files of so many lines have, in their order. */
  public static List<byte[]> of(int lines) {
    Deliveries deliveries = new Deliveries(lines);
    FlightSeries series = new FlightSeries(deliveries.flights());
    LineBuffer buffer = new LineBuffer();
    List<byte[]> all = new ArrayList<>(lines);
    for (int line = 0; line < lines; line++) {
      series.write(deliveries.flight(line), buffer);
      all.add(buffer.take());
    }
    return all;
  }
}
