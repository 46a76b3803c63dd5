package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.time.Instant;

/** Event times from {@link #start()} until just before {@link #end()}. */
@AutoValue
public abstract class TimeRange implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The first instant in the range. */
  public abstract Instant start();

  /** The first instant after the range. */
  public abstract Instant end();

  /**
   * @throws UsageException unless start is before end
   */
  public static TimeRange of(Instant start, Instant end) {
    if (!start.isBefore(end)) {
      throw new UsageException(
          "eventTimeStart must be before eventTimeEnd, got " + start + " and " + end);
    }
    return new AutoValue_TimeRange(start, end);
  }

  /** All times that Leat accepts: years 1 to 9999. */
  public static TimeRange always() {
    return of(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("+10000-01-01T00:00:00Z"));
  }

  public final boolean contains(Instant time) {
    return !time.isBefore(start()) && time.isBefore(end());
  }
}
