package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * What a backfill's branch begins with: one commit on what readers see.
 *
 * @param properties that all commits of the run have
 * @param entries of this commit's summary
 * @param kept whose rows are replaced by those of {@code files}
 */
record BackfillBase(
    String branch,
    ImmutableMap<String, String> properties,
    Map<String, String> entries,
    List<TimeRange> kept,
    List<DataFile> files) {

  /**
   * Replaces the branch by this, together: there is no moment without it.
   *
   * @param main what readers see
   * @param head the branch's newest commit, null if there is no branch
   * @return whether it did; false if one of the two moved, which is to be looked at again
   */
  boolean tryCommit(Table table, @Nullable Snapshot main, @Nullable Long head) {
    // Looks at the table anew, and is committed only if it is then as it was at this look.
    Transaction transaction = table.newTransaction();
    SnapshotRef known = transaction.table().refs().get(branch);
    if (!Objects.equals(transaction.table().currentSnapshot(), main)
        || !Objects.equals(known == null ? null : known.snapshotId(), head)) {
      table.refresh();
      return false;
    }
    if (known != null && main != null) {
      transaction.manageSnapshots().replaceBranch(branch, main.snapshotId()).commit();
    } else if (main != null) {
      // Of a branch that its first commit makes, Iceberg 1.12 counts the totals from nothing.
      transaction.manageSnapshots().createBranch(branch, main.snapshotId()).commit();
    } else if (known != null) {
      transaction.manageSnapshots().removeBranch(branch).commit();
    }
    SnapshotUpdate<?> update = kept.isEmpty() ? transaction.newAppend() : overwrite(transaction);
    update.toBranch(branch);
    set(update, properties, entries);
    Long expected = main == null ? null : main.snapshotId();
    update.validateWith(ancestry -> Objects.equals(expected, History.headOf(ancestry)));
    try {
      update.commit();
      transaction.commitTransaction();
      table.refresh();
      return true;
    } catch (CommitFailedException | ValidationException e) {
      table.refresh();
      return false;
    }
  }

  private OverwriteFiles overwrite(Transaction transaction) {
    OverwriteFiles overwrite =
        transaction
            .newOverwrite()
            .overwriteByRowFilter(Replacement.startingIn(TimeRanges.of(kept)));
    files.forEach(overwrite::addFile);
    return overwrite;
  }

  static void set(
      SnapshotUpdate<?> update,
      ImmutableMap<String, String> properties,
      Map<String, String> entries) {
    properties.forEach((key, value) -> update.set(History.PREFIX + key, value));
    entries.forEach(update::set);
  }
}
