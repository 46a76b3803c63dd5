package dev.leat.window;

import com.google.auto.value.AutoValue;
import com.google.auto.value.extension.serializable.SerializableAutoValue;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/** What windows there are, how late an event may come, and when a live run shows results. */
@SerializableAutoValue
@AutoValue
public abstract class WindowSpec implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Duration LONGEST = Duration.ofDays(3660);

  /** How windows lie in time. All but sessions begin at the {@link #offset()} and go on from it. */
  public enum Kind {
    /** One after the other, all of one length. */
    FIXED,
    /** Overlapping: each of one length, one beginning every period. */
    SLIDING,
    /** Per key: from an event until a gap without events. */
    SESSION
  }

  public abstract Kind kind();

  /** The length of a window; for sessions the gap that ends one. Milliseconds or coarser. */
  public abstract Duration size();

  /** From the begin of one sliding window to the next; otherwise {@link #size()}. */
  public abstract Duration period();

  /**
   * How long after 1970-01-01T00:00Z a window begins, and with it all others, a period apart. At
   * least 0 and less than the {@link #period()}; default 0, which makes whole hours and days of
   * UTC. Always 0 for sessions.
   */
  public abstract Duration offset();

  /** How long after its window's end an event still counts, in event time. Default none. */
  public abstract Duration allowedLateness();

  /** In a live run, results before the window ends, so often in processing time. Default none. */
  public abstract Optional<Duration> early();

  /**
   * In a live run, results for late events are gathered so long in processing time. Default none: a
   * result for each.
   */
  public abstract Optional<Duration> late();

  abstract Builder toBuilder();

  /**
   * @throws IllegalArgumentException if the size is not 1 ms to 3660 days
   */
  public static WindowSpec fixed(Duration size) {
    return of(Kind.FIXED, checked("fixed", size), size);
  }

  /**
   * @throws IllegalArgumentException if either is not 1 ms to 3660 days, or the period is longer
   *     than the size (events would be lost between windows) or so short that an event is in more
   *     than 10,000 windows
   */
  public static WindowSpec sliding(Duration size, Duration period) {
    checked("sliding", size);
    checked("every", period);
    if (period.compareTo(size) > 0) {
      throw new IllegalArgumentException(
          "every: expected at most the window's " + text(size) + ", got " + text(period));
    }
    if (size.toMillis() / period.toMillis() > 10_000) {
      throw new IllegalArgumentException(
          "every: expected at least a 10,000th of the window's "
              + text(size)
              + ", got "
              + text(period));
    }
    return of(Kind.SLIDING, size, period);
  }

  /**
   * @throws IllegalArgumentException if the gap is not 1 ms to 3660 days
   */
  public static WindowSpec session(Duration gap) {
    return of(Kind.SESSION, checked("session", gap), gap);
  }

  private static WindowSpec of(Kind kind, Duration size, Duration period) {
    return new AutoValue_WindowSpec.Builder()
        .kind(kind)
        .size(size)
        .period(period)
        .offset(Duration.ZERO)
        .allowedLateness(Duration.ZERO)
        .early(Optional.empty())
        .late(Optional.empty())
        .build();
  }

  /**
   * Windows that begin later by so much than they would, such as days that begin at 05:00Z.
   *
   * @throws IllegalArgumentException if it is less than 0, or not less than the period, or these
   *     are sessions
   */
  public final WindowSpec withOffset(Duration offset) {
    if (kind() == Kind.SESSION) {
      throw new IllegalArgumentException(
          "offset: expected fixed or sliding windows, because a session begins with its first event");
    }
    if (!offset.isZero()) {
      checked("offset", offset);
    }
    if (offset.compareTo(period()) >= 0) {
      throw new IllegalArgumentException(
          "offset: expected less than "
              + text(period())
              + ", which is from one window to the next, got "
              + text(offset));
    }
    return toBuilder().offset(offset).build();
  }

  /**
   * @throws IllegalArgumentException if it is not 0 to 3660 days
   */
  public final WindowSpec withAllowedLateness(Duration lateness) {
    if (!lateness.isZero()) {
      checked("allowedLateness", lateness);
    }
    return toBuilder().allowedLateness(lateness).build();
  }

  /**
   * @throws IllegalArgumentException if it is not 1 ms to 3660 days
   */
  public final WindowSpec withEarly(Duration every) {
    return toBuilder().early(Optional.of(checked("early", every))).build();
  }

  /**
   * @throws IllegalArgumentException if it is not 1 ms to 3660 days
   */
  public final WindowSpec withLate(Duration every) {
    return toBuilder().late(Optional.of(checked("late", every))).build();
  }

  /** The windows as Beam has them. */
  public final WindowFn<Object, IntervalWindow> windowFn() {
    switch (kind()) {
      case FIXED:
        return fixedWindows();
      case SLIDING:
        return slidingWindows();
      case SESSION:
        return Sessions.withGapDuration(joda(size()));
    }
    throw new IllegalStateException("no such windows: " + kind());
  }

  /** The windows of an event at {@code time}; for a session the one it would be alone. */
  public final Collection<IntervalWindow> windowsOf(Instant time) {
    switch (kind()) {
      case FIXED:
        return List.of(fixedWindows().assignWindow(time));
      case SLIDING:
        return slidingWindows().assignWindows(time);
      case SESSION:
        return List.of(new IntervalWindow(time, joda(size())));
    }
    throw new IllegalStateException("no such windows: " + kind());
  }

  /**
   * The last begin of a fixed or sliding window that is at or before a time.
   *
   * @param millis since 1970-01-01T00:00Z, and so is the result
   */
  public final long lastStart(long millis) {
    long phase = offset().toMillis();
    long period = period().toMillis();
    return Math.floorDiv(millis - phase, period) * period + phase;
  }

  private FixedWindows fixedWindows() {
    return FixedWindows.of(joda(size())).withOffset(joda(offset()));
  }

  private SlidingWindows slidingWindows() {
    return SlidingWindows.of(joda(size())).every(joda(period())).withOffset(joda(offset()));
  }

  /**
   * Whether an event at {@code time} is too late when the watermark is at {@code watermark}: a
   * window of it has ended and its allowed lateness as well.
   */
  public final boolean isLate(Instant time, Instant watermark) {
    long closedUntil = watermark.getMillis() - allowedLateness().toMillis();
    // A window ends after each of its events, so that for most there is nothing to look up.
    return time.getMillis() < closedUntil
        && windowsOf(time).stream().anyMatch(window -> window.end().getMillis() <= closedUntil);
  }

  /**
   * When results appear: early if asked, once at the end of the window, and again for late events.
   * There is always a late firing: a trigger without one closes the window at its first result, and
   * Beam then drops what was still allowed to come.
   */
  public final Trigger trigger() {
    Trigger.OnceTrigger late =
        this.late()
            .<Trigger.OnceTrigger>map(every -> afterFirst(every))
            .orElseGet(() -> AfterPane.elementCountAtLeast(1));
    AfterWatermark.FromEndOfWindow end = AfterWatermark.pastEndOfWindow();
    return early()
        .<Trigger>map(every -> end.withEarlyFirings(afterFirst(every)).withLateFirings(late))
        .orElseGet(() -> end.withLateFirings(late));
  }

  /** Beam's duration for {@link #allowedLateness()}. */
  public final org.joda.time.Duration beamAllowedLateness() {
    return joda(allowedLateness());
  }

  private static AfterProcessingTime afterFirst(Duration every) {
    return AfterProcessingTime.pastFirstElementInPane().plusDelayOf(joda(every));
  }

  private static org.joda.time.Duration joda(Duration duration) {
    return org.joda.time.Duration.millis(duration.toMillis());
  }

  private static Duration checked(String name, Duration value) {
    if (value.isNegative()
        || value.isZero()
        || value.compareTo(LONGEST) > 0
        || value.getNano() % 1_000_000 != 0) {
      throw new IllegalArgumentException(
          name + ": expected whole milliseconds from 1ms to 3660d, got " + text(value));
    }
    return value;
  }

  /** As workflows write it: {@code 90s}, {@code 5m}, {@code 1h}, {@code 7d}. */
  public static String text(Duration duration) {
    if (Math.abs(duration.toDays()) > 1_000_000 || duration.getNano() % 1_000_000 != 0) {
      return duration.toString();
    }
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder kind(Kind kind);

    abstract Builder size(Duration size);

    abstract Builder period(Duration period);

    abstract Builder offset(Duration offset);

    abstract Builder allowedLateness(Duration lateness);

    abstract Builder early(Optional<Duration> every);

    abstract Builder late(Optional<Duration> every);

    abstract WindowSpec build();
  }
}
