package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.io.Serializable;
import java.time.Instant;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a derived table a run replaces, where, and on what condition.
 *
 * @param windowStarts whole partitions; null for all rows
 * @param properties for the summary of the snapshot
 * @param branch null for the table as readers see it
 * @param unmoved null if it is replaced whatever came between
 */
record Replacement(
    @Nullable TimeRanges windowStarts,
    ImmutableMap<String, String> properties,
    @Nullable String branch,
    SinkRequest.@Nullable Unmoved unmoved)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static Replacement of(SinkRequest request) {
    return new Replacement(
        request.eventTime().orElse(null),
        request.properties(),
        request.branch().orElse(null),
        request.unmoved().orElse(null));
  }

  Expression filter() {
    return windowStarts == null ? Expressions.alwaysTrue() : startingIn(windowStarts);
  }

  /** True of the rows whose windows start at these times. */
  static Expression startingIn(TimeRanges windowStarts) {
    Expression any = Expressions.alwaysFalse();
    for (TimeRange range : windowStarts.ranges()) {
      any =
          Expressions.or(
              any,
              Expressions.and(
                  Expressions.greaterThanOrEqual(RowPartition.WINDOW_START, micros(range.start())),
                  Expressions.lessThan(RowPartition.WINDOW_START, micros(range.end()))));
    }
    return any;
  }

  /** Whether the condition holds for a line of snapshots, newest first. */
  boolean mayFollow(Iterable<Snapshot> ancestry) {
    return unmoved == null
        || History.isNewestBy(unmoved.byRun(), History.PREFIX + unmoved.property(), ancestry);
  }

  /** Ranges are whole days or months. */
  private static long micros(Instant midnight) {
    return Math.multiplyExact(midnight.getEpochSecond(), 1_000_000L);
  }
}
