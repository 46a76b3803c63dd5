package dev.leat.io.lake;

import dev.leat.range.LongRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/**
 * The sessions that versions of a derived table hold, of whatever group, as spans in epoch
 * milliseconds. Only their two columns of time are read, of files that can have such.
 */
record PublishedSessions(Table table, List<Snapshot> versions) {
  /** More spans than these are looked for as fewer and wider ones. */
  private static final int MAX_SPANS = 64;

  /** What is done with a session. */
  interface Visitor {
    void visit(long start, long end);
  }

  /** Those that have a time in common with a span. */
  void meeting(LongRanges spans, Visitor visitor) {
    Expression filter = Expressions.alwaysFalse();
    for (LongRanges.Range span : hulls(spans.ranges())) {
      filter =
          Expressions.or(
              filter,
              Expressions.and(
                  Expressions.lessThan(RowPartition.WINDOW_START, span.end() * 1000),
                  Expressions.greaterThan(RowKey.WINDOW_END, span.start() * 1000)));
    }
    each(
        filter,
        (start, end) -> {
          if (spans.intersects(LongRanges.of(start, end))) {
            visitor.visit(start, end);
          }
        });
  }

  /** Those that start in a span. */
  void startingIn(LongRanges.Range span, Visitor visitor) {
    each(
        Expressions.and(
            Expressions.greaterThanOrEqual(RowPartition.WINDOW_START, span.start() * 1000),
            Expressions.lessThan(RowPartition.WINDOW_START, span.end() * 1000)),
        visitor);
  }

  private void each(Expression filter, Visitor visitor) {
    for (Snapshot version : versions) {
      try (CloseableIterable<Record> rows =
          IcebergGenerics.read(table)
              .useSnapshot(version.snapshotId())
              .select(RowPartition.WINDOW_START, RowKey.WINDOW_END)
              .where(filter)
              .build()) {
        for (Record row : rows) {
          visitor.visit(
              millis(row.getField(RowPartition.WINDOW_START)),
              millis(row.getField(RowKey.WINDOW_END)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the sessions of " + table.name(), e);
      }
    }
  }

  private static long millis(Object time) {
    return ((OffsetDateTime) time).toInstant().toEpochMilli();
  }

  private static List<LongRanges.Range> hulls(List<LongRanges.Range> spans) {
    int together = (spans.size() + MAX_SPANS - 1) / MAX_SPANS;
    List<LongRanges.Range> hulls = new ArrayList<>();
    for (int i = 0; i < spans.size(); i += together) {
      int last = Math.min(i + together, spans.size()) - 1;
      hulls.add(new LongRanges.Range(spans.get(i).start(), spans.get(last).end()));
    }
    return hulls;
  }
}
