package dev.leat.io.lake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** Rows that wait for a commit: of rivals only the one that stands. */
final class RowBatch {
  private final RowKey key;
  private final Map<List<@Nullable Object>, List<LiveRow<Row>>> byGroup = new HashMap<>();
  private int size;

  RowBatch(RowKey key) {
    this.key = key;
  }

  void add(Row row) {
    LiveRow<Row> added = key.incoming(row);
    List<LiveRow<Row>> group = byGroup.computeIfAbsent(added.group(), unused -> new ArrayList<>(1));
    for (LiveRow<Row> waiting : group) {
      if (waiting.rivals(added) && !added.beats(waiting)) {
        return;
      }
    }
    size -= group.size();
    group.removeIf(waiting -> waiting.rivals(added));
    group.add(added);
    size += group.size();
  }

  /** Those that could be rivals of a stored row. */
  List<LiveRow<Row>> ofGroup(LiveRow<?> stored) {
    return byGroup.getOrDefault(stored.group(), List.of());
  }

  Collection<List<LiveRow<Row>>> groups() {
    return byGroup.values();
  }

  int size() {
    return size;
  }

  void clear() {
    byGroup.clear();
    size = 0;
  }
}
