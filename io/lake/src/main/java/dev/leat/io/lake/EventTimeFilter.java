package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Ranges of event time as an Iceberg filter: on the column of times, whose bounds each file has,
 * and on a raw table's partition columns that follow from it, so that whole manifests are passed
 * over.
 */
final class EventTimeFilter {
  private EventTimeFilter() {}

  /** Of a raw table. */
  static Expression of(TimeRanges times, List<RawPartition> partitions) {
    return of(times, "time", partitions);
  }

  /**
   * @param column of timestamps in microseconds
   * @param partitions none but of a raw table
   */
  static Expression of(TimeRanges times, String column, List<RawPartition> partitions) {
    Expression any = Expressions.alwaysFalse();
    for (TimeRange range : times.ranges()) {
      any = Expressions.or(any, of(range, column, partitions));
    }
    return any;
  }

  private static Expression of(TimeRange range, String column, List<RawPartition> partitions) {
    Instant last = range.end().minusNanos(1);
    Expression filter =
        Expressions.and(
            Expressions.greaterThanOrEqual(column, micros(range.start())),
            Expressions.lessThanOrEqual(column, micros(last)));
    OffsetDateTime from = range.start().atOffset(ZoneOffset.UTC);
    OffsetDateTime to = last.atOffset(ZoneOffset.UTC);
    if (partitions.contains(RawPartition.MONTH)) {
      filter = and(filter, "month", RawEvents.month(from), RawEvents.month(to));
    }
    if (partitions.contains(RawPartition.DATE)) {
      filter = and(filter, "date", day(from.toLocalDate()), day(to.toLocalDate()));
    }
    if (partitions.contains(RawPartition.HOUR) && from.toLocalDate().equals(to.toLocalDate())) {
      filter = and(filter, "hour", from.getHour(), to.getHour());
    }
    return filter;
  }

  private static <T> Expression and(Expression filter, String column, T from, T to) {
    return Expressions.and(
        filter,
        Expressions.greaterThanOrEqual(column, from),
        Expressions.lessThanOrEqual(column, to));
  }

  /** Rounded down, as it is stored. */
  private static long micros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
  }

  private static int day(LocalDate date) {
    return Math.toIntExact(date.toEpochDay());
  }
}
