package dev.leat.aggregate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Joins the windows of each group where they overlap, as Beam's sessions are joined. */
final class Sessions {
  private Sessions() {}

  /** The same with joined windows: one that begins where another ends is another session. */
  static GroupTable joined(GroupTable table, Aggregation aggregation) {
    Integer[] rows = IntStream.range(0, table.size()).boxed().toArray(Integer[]::new);
    Arrays.sort(rows, byGroup(table).thenComparingLong(table::start));
    GroupTable joined = new GroupTable(aggregation);
    int from = 0;
    while (from < rows.length) {
      int first = rows[from];
      long end = table.end(first);
      int to = from + 1;
      while (to < rows.length
          && table.isSameGroup(rows[to], first)
          && table.start(rows[to]) < end) {
        end = Math.max(end, table.end(rows[to]));
        to++;
      }
      for (int i = from; i < to; i++) {
        joined.mergeRow(table.start(first), end, table, rows[i]);
      }
      from = to;
    }
    return joined;
  }

  /** In any order that keeps a group's rows together. */
  private static Comparator<Integer> byGroup(GroupTable table) {
    return (one, other) ->
        Arrays.compare(
            table.groups(),
            table.groupFrom(one),
            table.groupFrom(one) + table.groupLength(one),
            table.groups(),
            table.groupFrom(other),
            table.groupFrom(other) + table.groupLength(other));
  }
}
