package dev.leat.io.lake;

import com.google.common.collect.Iterables;
import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;

/** Finds what came into a table since a backfill's base. */
final class Movements {
  private Movements() {}

  /**
   * The commits that readers see and the backfill does not stand on, oldest first. If the table was
   * rolled back behind the base, and nothing came since, there are none.
   */
  static List<Movement> of(Table table, BackfillState state) {
    List<Movement> movements = new ArrayList<>();
    Set<Long> known = new TreeSet<>();
    Lines.from(table, table.snapshot(state.head())).forEach(each -> known.add(each.snapshotId()));
    for (Snapshot snapshot : Lines.from(table, table.currentSnapshot())) {
      if (known.contains(snapshot.snapshotId())) {
        break;
      }
      movements.add(0, movement(table, snapshot, state.range()));
    }
    return movements;
  }

  private static Movement movement(Table table, Snapshot snapshot, TimeRange range) {
    return new Movement(
        snapshot.snapshotId(),
        Instant.ofEpochMilli(snapshot.timestampMillis()),
        Optional.ofNullable(snapshot.operation()).orElse("unknown"),
        Optional.ofNullable(snapshot.summary().get(History.RUN_ID)),
        Optional.ofNullable(snapshot.summary().get(History.WORKFLOW_VERSION)),
        snapshot.summary().containsKey(History.COMMIT_ID)
            && !snapshot.summary().containsKey(BackfillCommit.ID),
        DataOperations.REPLACE.equals(snapshot.operation())
            ? List.of()
            : partitions(table, snapshot, range));
  }

  private static List<TimeRange> partitions(Table table, Snapshot snapshot, TimeRange range) {
    SnapshotChanges changes = SnapshotChanges.builderFor(table).snapshot(snapshot).build();
    Set<Instant> begins = new TreeSet<>();
    for (DataFile file : Iterables.concat(changes.addedDataFiles(), changes.removedDataFiles())) {
      PartitionSpec spec = table.specs().get(file.specId());
      RowPartition partition =
          spec == null ? RowPartition.NONE : RowPartition.of(spec).orElse(RowPartition.NONE);
      if (partition == RowPartition.NONE) {
        return List.of(range);
      }
      Integer ordinal = file.partition().get(0, Integer.class);
      if (ordinal != null) {
        begins.add(partition.beginOf(ordinal));
      }
    }
    RowPartition partition = RowPartition.of(table.spec()).orElse(RowPartition.DATE);
    return begins.stream()
        .map(partition::rangeFrom)
        .filter(each -> BackfillCommit.overlap(each, range))
        .toList();
  }
}
