package dev.leat.io.jdbc;

import dev.leat.io.spi.LiveRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.beam.sdk.values.Row;

/**
 * The rows of a bundle that are worth writing: of those with one key the last revision, of a group
 * no session within another. Not safe for use by several threads.
 */
final class LiveBatch {
  private static final int MOST_ROWS = 5000;
  private static final long MOST_BYTES = 16 << 20;

  /** Equal for rows that are one; for sessions, for those of one group. */
  private record Place(UUID hash, long start) {}

  private final RowTable table;
  private final LiveKey key;
  private final Map<Place, List<LiveRow>> rows = new HashMap<>();
  private int count;
  private long bytes;

  LiveBatch(RowTable table) {
    this.table = table;
    this.key = Objects.requireNonNull(table.key());
  }

  void add(Row row) {
    LiveRow added = LiveRow.of(table, row);
    List<LiveRow> there =
        rows.computeIfAbsent(
            new Place(added.hash(), key.isSessions() ? 0 : added.start()),
            unused -> new ArrayList<>(1));
    boolean stale =
        there.stream()
            .anyMatch(
                other ->
                    other.contains(added)
                        || (other.hasSameWindow(added)
                            && (key.kind() == LiveRows.Kind.APPEND
                                || other.revision() >= added.revision())));
    if (!stale) {
      there.removeIf(other -> added.contains(other) || added.hasSameWindow(other));
      there.add(added);
      count++;
      bytes += added.size();
    }
  }

  /** Whether it is time to write. Rows that were replaced count too: it is a bound on the work. */
  boolean isFull() {
    return count >= MOST_ROWS || bytes >= MOST_BYTES;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** In an order that all workers have, so that they do not wait for one another in a circle. */
  List<LiveRow> sorted() {
    return rows.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparing(LiveRow::hash).thenComparing(LiveRow::start))
        .toList();
  }
}
