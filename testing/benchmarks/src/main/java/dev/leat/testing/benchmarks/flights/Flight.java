package dev.leat.testing.benchmarks.flights;

/**
 * What the contenders' own programs keep of a line. Mutable, with public fields, because that is
 * what Flink serializes fast.
 */
public final class Flight {
  public String id = "";

  /** Milliseconds since 1970. */
  public long time;

  public String origin = "";
  public int delay;
  public int distance;

  public Flight() {}

  public Flight(String id, long time, String origin, int delay, int distance) {
    this.id = id;
    this.time = time;
    this.origin = origin;
    this.delay = delay;
    this.distance = distance;
  }

  /** The first millisecond of the hour it is in. */
  public long hour() {
    return time - Math.floorMod(time, 3_600_000L);
  }
}
