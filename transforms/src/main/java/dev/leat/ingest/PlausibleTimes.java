package dev.leat.ingest;

import com.google.auto.value.AutoValue;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.window.WindowSpec;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * Which event times a live source believes: from {@link #earliest()} until {@link #maxAhead()}
 * beyond the moment the record was taken. An event outside is a dead letter. Without it one clock
 * that is set wrong, or seconds that were read as milliseconds, would move the watermark, and every
 * good event after it would be late.
 *
 * <p>A check against the clock is not repeatable: read again a year later, an event that was a week
 * ahead is plausible. Files of old history are read without.
 */
@AutoValue
public abstract class PlausibleTimes implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Duration FURTHEST = Duration.ofDays(3660);

  /** The first plausible event time. */
  public abstract Instant earliest();

  /** How far an event time may be after the moment at which its record was taken. */
  public abstract Duration maxAhead();

  /** From 1980-01-01T00:00:00Z until one day ahead. */
  public static PlausibleTimes defaults() {
    return of(Instant.parse("1980-01-01T00:00:00Z"), Duration.ofDays(1));
  }

  /**
   * @param maxAhead 0 to 3660 d
   * @throws IllegalArgumentException if it is not
   */
  public static PlausibleTimes of(Instant earliest, Duration maxAhead) {
    if (maxAhead.isNegative() || maxAhead.compareTo(FURTHEST) > 0) {
      throw new IllegalArgumentException(
          "maxAhead: expected 0s to 3660d, got " + WindowSpec.text(maxAhead));
    }
    return new AutoValue_PlausibleTimes(earliest, maxAhead);
  }

  /** Whether an event at {@code time}, taken at {@code ingestTime}, is to be believed. */
  public final boolean include(Instant time, Instant ingestTime) {
    return !time.isBefore(earliest()) && !time.isAfter(ingestTime.plus(maxAhead()));
  }

  /**
   * @throws RejectedException if the time is not plausible
   */
  final void check(Instant time, Instant ingestTime) {
    if (!include(time, ingestTime)) {
      throw new RejectedException(
          Reason.INVALID_VALUE,
          "time: expected "
              + earliest()
              + " to "
              + WindowSpec.text(maxAhead())
              + " after the record was taken, got "
              + time);
    }
  }
}
