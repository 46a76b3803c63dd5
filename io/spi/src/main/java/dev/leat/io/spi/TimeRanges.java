package dev.leat.io.spi;

import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A set of event times, as ranges in ascending order of which none meets or touches another. Never
 * empty.
 */
public record TimeRanges(List<TimeRange> ranges) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Joins what overlaps or touches. */
  public TimeRanges {
    ranges = joined(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("expected a range of event time, got none");
    }
  }

  public static TimeRanges of(TimeRange... ranges) {
    return new TimeRanges(List.of(ranges));
  }

  public static TimeRanges of(Collection<TimeRange> ranges) {
    return new TimeRanges(List.copyOf(ranges));
  }

  /** All times that Leat accepts. */
  public static TimeRanges always() {
    return of(TimeRange.always());
  }

  public boolean contains(Instant time) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      TimeRange range = ranges.get(middle);
      if (time.isBefore(range.start())) {
        high = middle - 1;
      } else if (time.isBefore(range.end())) {
        return true;
      } else {
        low = middle + 1;
      }
    }
    return false;
  }

  /** From the first time in the set to the last. */
  public TimeRange hull() {
    return TimeRange.of(ranges.get(0).start(), ranges.get(ranges.size() - 1).end());
  }

  /**
   * The one range that this is.
   *
   * @throws UsageException if there are several
   */
  public TimeRange single() {
    if (ranges.size() > 1) {
      throw new UsageException(
          "eventTimeStart, eventTimeEnd: expected one range of event time, got " + ranges.size());
    }
    return ranges.get(0);
  }

  private static List<TimeRange> joined(List<TimeRange> ranges) {
    List<TimeRange> ordered = new ArrayList<>(ranges);
    ordered.sort(Comparator.comparing(TimeRange::start));
    List<TimeRange> joined = new ArrayList<>();
    for (TimeRange next : ordered) {
      int last = joined.size() - 1;
      if (last >= 0 && !joined.get(last).end().isBefore(next.start())) {
        TimeRange before = joined.get(last);
        Instant end = before.end().isBefore(next.end()) ? next.end() : before.end();
        joined.set(last, TimeRange.of(before.start(), end));
      } else {
        joined.add(next);
      }
    }
    return List.copyOf(joined);
  }
}
