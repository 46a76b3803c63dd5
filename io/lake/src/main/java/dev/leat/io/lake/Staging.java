package dev.leat.io.lake;

import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** Where finished files wait until their commit. */
final class Staging {
  private Staging() {}

  /** Where a file is written that belongs at {@code location}. */
  static String place(Table table, String name, String location) {
    return table.io() instanceof LocalFiles ? folder(table) + "/" + name + ".tmp" : location;
  }

  static String folder(Table table) {
    return table.location() + "/staging";
  }

  /** Deletes the files wherever they lie, but none of {@code committed}. */
  static void discard(Table table, Iterable<StagedFile> files, Set<String> committed) {
    for (StagedFile file : files) {
      if (!committed.contains(file.location())) {
        deleteQuietly(table.io(), file.location());
        deleteQuietly(table.io(), file.staged());
      }
    }
  }

  /**
   * Deletes those of the files that a run did not commit: a copy of it may have been the one that
   * committed, with files of its own.
   */
  static void discardCopies(Table table, Iterable<StagedFile> files, String runId) {
    discardCopies(table, null, files, runId);
  }

  /**
   * The same on a branch.
   *
   * @param branch null for the table as readers see it
   */
  static void discardCopies(
      Table table, @Nullable String branch, Iterable<StagedFile> files, String runId) {
    if (files.iterator().hasNext()) {
      History.ofRun(table, branch, runId)
          .ifPresent(snapshot -> discard(table, files, History.filesOf(snapshot, table)));
    }
  }

  /**
   * Deletes files that no commit needs from where they were staged. A file that was written in its
   * place, on an object store, may be what an earlier commit of it has in the table, and stays.
   */
  static void discardStaged(Table table, Iterable<StagedFile> files) {
    for (StagedFile file : files) {
      if (!file.staged().equals(file.location())) {
        deleteQuietly(table.io(), file.staged());
      }
    }
  }

  /** What stays is swept later. */
  static void deleteQuietly(FileIO io, String location) {
    try {
      io.deleteFile(location);
    } catch (NotFoundException e) {
      // Gone already.
    } catch (RuntimeException e) {
      // Unreferenced, so harmless: LakeTables.sweepOrphans removes it.
    }
  }
}
