package dev.leat.io.lake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Which versions readers have seen, by the table's log of what was current: those that the current
 * one stands on, and those that were rolled back.
 */
final class Mainline {
  private final Set<Long> line;
  private final Map<Long, Instant> left;

  private Mainline(Set<Long> line, Map<Long, Instant> left) {
    this.line = line;
    this.left = left;
  }

  static Mainline of(TableMetadata metadata) {
    Map<Long, Instant> left = new HashMap<>();
    Set<Long> line = new HashSet<>();
    @Nullable Long head = null;
    for (HistoryEntry entry : metadata.snapshotLog()) {
      List<Long> added = new ArrayList<>();
      Snapshot each = metadata.snapshot(entry.snapshotId());
      while (each != null && !line.contains(each.snapshotId())) {
        added.add(each.snapshotId());
        each = TableRefs.parent(metadata, each);
      }
      if (head != null && (each == null || each.snapshotId() != head)) {
        // It does not stand on what was current: something was rolled back.
        Set<Long> kept = ancestry(metadata, each);
        Instant time = Instant.ofEpochMilli(entry.timestampMillis());
        line.stream().filter(id -> !kept.contains(id)).forEach(id -> left.put(id, time));
        line = kept;
      }
      line.addAll(added);
      added.forEach(left::remove);
      head = entry.snapshotId();
    }
    return new Mainline(line, left);
  }

  /** Whether the current version is it or stands on it. */
  boolean has(long snapshotId) {
    return line.contains(snapshotId);
  }

  boolean wasRolledBack(long snapshotId) {
    return left.containsKey(snapshotId);
  }

  /** When readers ceased to see it; empty if they see it, or never did. */
  Optional<Instant> left(long snapshotId) {
    return Optional.ofNullable(left.get(snapshotId));
  }

  private static Set<Long> ancestry(TableMetadata metadata, @Nullable Snapshot head) {
    Set<Long> ids = new HashSet<>();
    for (Snapshot each = head; each != null; each = TableRefs.parent(metadata, each)) {
      ids.add(each.snapshotId());
    }
    return ids;
  }
}
