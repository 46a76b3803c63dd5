package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * A row of the raw lake: the line as it came, and what it is found by. Mutable, with public fields,
 * because that is what Flink serializes fast.
 */
public final class RawFlight {
  private static final long DAY = 86_400_000L;

  public String id = "";

  /** Milliseconds since 1970. */
  public long time;

  public String tenant = "";
  public byte[] data = new byte[0];

  public RawFlight() {}

  static RawFlight read(String line) throws IOException {
    Flight flight = FlightReader.read(line);
    RawFlight raw = new RawFlight();
    raw.id = flight.id;
    raw.time = flight.time;
    raw.tenant = flight.origin;
    raw.data = line.getBytes(StandardCharsets.UTF_8);
    return raw;
  }

  /** The folder it belongs to: {@code date=2001-01-14}. */
  String folder() {
    return folder(time);
  }

  static String folder(long time) {
    return "date=" + LocalDate.ofEpochDay(Math.floorDiv(time, DAY));
  }
}
