package dev.leat.testing.benchmarks.flights;

import java.time.Instant;

/** How a row of the result is written, to be compared and by contenders that write JSON lines. */
public final class ResultRow {
  private ResultRow() {}

  /** Fields with a bar between them; the same row is the same text. */
  public static String line(
      Instant hour, String origin, long flights, long delay, long distance, long worst) {
    return hour + "|" + origin + "|" + flights + "|" + delay + "|" + distance + "|" + worst;
  }

  public static String json(
      long hour, String origin, long flights, long delay, long distance, long worst) {
    return "{\"window_start\":\""
        + Instant.ofEpochMilli(hour)
        + "\",\"origin\":\""
        + origin
        + "\",\"flights\":"
        + flights
        + ",\"delay\":"
        + delay
        + ",\"distance\":"
        + distance
        + ",\"worst\":"
        + worst
        + "}";
  }
}
