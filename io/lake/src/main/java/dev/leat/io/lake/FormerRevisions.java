package dev.leat.io.lake;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * What live runs knew of rows that another writer has replaced since, as a repair does whose rows
 * have no revisions: a live row that the table had before must not take the place of its repair
 * when it comes again. Looks before each of the last commits by others, while their history lasts.
 */
record FormerRevisions(Rivals rivals, RowBatch batch) {
  private static final int MAX_SNAPSHOTS = 20;

  /**
   * @param unsure rows of the batch that would replace rows of unknown revision
   * @return those of them that do not stand
   */
  Set<LiveRow<Row>> beaten(Set<LiveRow<Row>> unsure) {
    Set<LiveRow<Row>> open = new HashSet<>(unsure);
    Set<LiveRow<Row>> beaten = new HashSet<>();
    Table table = rivals.table();
    Iterator<Snapshot> ancestry = SnapshotUtil.currentAncestors(table).iterator();
    for (int looked = 0; looked < MAX_SNAPSHOTS && !open.isEmpty() && ancestry.hasNext(); ) {
      Snapshot snapshot = ancestry.next();
      if (!snapshot.summary().containsKey(History.COMMIT_ID)) {
        looked++;
        Set<LiveRow<Row>> found = new HashSet<>();
        Optional.ofNullable(snapshot.parentId())
            .map(table::snapshot)
            .ifPresent(
                before ->
                    rivals.each(
                        before,
                        batch,
                        (file, stored, coming) -> {
                          if (open.contains(coming) && stored.revision() != LiveRow.UNKNOWN) {
                            found.add(coming);
                            if (!coming.beats(stored)) {
                              beaten.add(coming);
                            }
                          }
                        }));
        open.removeAll(found);
      }
    }
    return beaten;
  }
}
