package dev.leat.io.lake;

import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;

/** How a commit can end: done, refused, failed for sure, or unknown. */
final class Commit {
  private Commit() {}

  /**
   * Commits, and if the answer is lost looks whether the run is in the table's history.
   *
   * @throws RuntimeException if it failed; unless that is a {@link CleanableFailure} the commit may
   *     still have happened, and nothing that it names may be deleted
   */
  static void commit(Table table, SnapshotUpdate<?> update, String runId) {
    try {
      update.commit();
    } catch (RuntimeException e) {
      if (e instanceof CleanableFailure || !isCommitted(table, runId)) {
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
      // Of two copies of one run, the second is refused because the first moved the bookmark.
      return isCommitted(table, runId);
    }
  }

  private static boolean isCommitted(Table table, String runId) {
    table.refresh();
    return History.ofRun(table, runId).isPresent();
  }
}
