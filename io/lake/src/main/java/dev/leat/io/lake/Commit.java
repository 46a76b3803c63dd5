package dev.leat.io.lake;

import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/** How a commit can end: done, refused, failed for sure, or unknown. */
final class Commit {
  private Commit() {}

  /**
   * Commits. If that seems to fail, looks whether the run is in the table's history after all: the
   * answer can have been lost, or a copy of the run was faster.
   *
   * @param runId of the run, or the id of a commit of a live run
   * @throws RuntimeException if it failed; unless that is a {@link CleanableFailure} the commit may
   *     still happen, and nothing that it names may be deleted
   */
  static void commit(Table table, SnapshotUpdate<?> update, String runId) {
    commit(table, update, null, runId);
  }

  /**
   * The same on a branch.
   *
   * @param branch null for the table as readers see it
   */
  static void commit(Table table, SnapshotUpdate<?> update, @Nullable String branch, String runId) {
    try {
      update.commit();
    } catch (RuntimeException e) {
      if (!isCommitted(table, branch, runId, e)) {
        throw e;
      }
    }
  }

  /** As {@link #commit}; returns false if a validation refused it. */
  static boolean tryCommit(Table table, SnapshotUpdate<?> update, String runId) {
    try {
      commit(table, update, runId);
      return true;
    } catch (ValidationException e) {
      return false;
    }
  }

  private static boolean isCommitted(
      Table table, @Nullable String branch, String runId, RuntimeException failure) {
    try {
      table.refresh();
      return History.ofRunOrCommit(table, branch, runId).isPresent();
    } catch (RuntimeException e) {
      // Whatever the failure was, it can no longer be said what became of the run's files.
      failure.addSuppressed(e);
      throw new CommitStateUnknownException(failure);
    }
  }
}
