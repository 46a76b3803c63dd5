package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.List;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/** Rows of a derived table by when their windows start, as an Iceberg filter. */
final class WindowStarts {
  private WindowStarts() {}

  static Expression in(TimeRange range) {
    return Expressions.and(
        Expressions.greaterThanOrEqual(RowPartition.WINDOW_START, micros(range.start())),
        Expressions.lessThan(RowPartition.WINDOW_START, micros(range.end())));
  }

  static Expression in(List<TimeRange> ranges) {
    Expression any = Expressions.alwaysFalse();
    for (TimeRange range : ranges) {
      any = Expressions.or(any, in(range));
    }
    return any;
  }

  /** Ranges are whole days or months. */
  private static long micros(Instant midnight) {
    return Math.multiplyExact(midnight.getEpochSecond(), 1_000_000L);
  }
}
