package dev.leat.io.lake;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.DateTimeUtil;
import org.jspecify.annotations.Nullable;

/**
 * What a file must hold, by its partition and column statistics, to hold a rival of a batch's rows:
 * true of all that do and of few others. The more values of a key move together, as windows and
 * offsets do, the fewer.
 */
final class RivalFilter {
  /** Iceberg looks at a list of values only up to this many. */
  private static final int MAX_VALUES = 200;

  private static final int MAX_SPANS = 50;

  private final RowKey key;
  private final Schema columns;

  RivalFilter(RowKey key, Schema columns) {
    this.key = key;
    this.columns = columns;
  }

  Expression of(RowBatch batch) {
    List<LiveRow<Row>> rows = new ArrayList<>();
    batch.groups().forEach(rows::addAll);
    Expression filter = key.sessions() ? spans(rows) : Expressions.alwaysTrue();
    List<String> names = key.groupColumns();
    for (int i = 0; i < names.size(); i++) {
      Set<@Nullable Object> values = new LinkedHashSet<>();
      for (LiveRow<Row> row : rows) {
        values.add(row.group().get(i));
      }
      filter = Expressions.and(filter, column(names.get(i), values));
    }
    return filter;
  }

  private Expression column(String name, Set<@Nullable Object> values) {
    Type type = columns.findType(name);
    Expression isNull = Expressions.isNull(name);
    Set<Object> present = new LinkedHashSet<>();
    for (Object value : values) {
      if (value != null) {
        present.add(literal(value));
      }
    }
    if (present.isEmpty()) {
      return isNull;
    }
    return switch (type.typeId()) {
      case STRING, INTEGER, LONG, TIMESTAMP -> {
        Expression some = some(name, type.asPrimitiveType(), present);
        yield present.size() == values.size() ? some : Expressions.or(isNull, some);
      }
      default -> Expressions.alwaysTrue();
    };
  }

  private static Expression some(String name, Type.PrimitiveType type, Set<Object> values) {
    if (values.size() <= MAX_VALUES) {
      return Expressions.in(name, values);
    }
    // Iceberg's own order: Java's differs for some strings.
    Comparator<Object> order = Comparators.forType(type);
    return Expressions.and(
        Expressions.greaterThanOrEqual(name, values.stream().min(order).orElseThrow()),
        Expressions.lessThanOrEqual(name, values.stream().max(order).orElseThrow()));
  }

  private static Expression spans(List<LiveRow<Row>> rows) {
    List<LiveRow<Row>> ordered = new ArrayList<>(rows);
    ordered.sort(Comparator.comparingLong(LiveRow::start));
    List<long[]> spans = new ArrayList<>();
    for (LiveRow<Row> row : ordered) {
      long[] last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
      if (last == null || (row.start() > last[1] && spans.size() < MAX_SPANS)) {
        spans.add(new long[] {row.start(), row.end()});
      } else {
        last[1] = Math.max(last[1], row.end());
      }
    }
    Expression filter = Expressions.alwaysFalse();
    for (long[] span : spans) {
      filter =
          Expressions.or(
              filter,
              Expressions.and(
                  Expressions.lessThanOrEqual(RowPartition.WINDOW_START, span[1] * 1000),
                  Expressions.greaterThanOrEqual(RowKey.WINDOW_END, span[0] * 1000)));
    }
    return filter;
  }

  private static Object literal(Object value) {
    return value instanceof OffsetDateTime time
        ? (Object) DateTimeUtil.microsFromTimestamptz(time)
        : value;
  }
}
