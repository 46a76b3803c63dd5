package dev.leat.io.lake;

import dev.leat.io.spi.InputFile;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Appends files and moves the bookmark in one snapshot, if the bookmark is still the one that the
 * run was planned with.
 *
 * <p>Iceberg asks the validator in every attempt of a commit, with the ancestry of the table as it
 * was just refreshed ({@code SnapshotProducer.apply}), and the catalog swaps the metadata only if
 * it is still that which was refreshed: together a compare-and-set on the bookmark.
 *
 * @param planned where the bookmark stood when the run was planned
 * @param taken the files whose rows these are
 */
record BookmarkedAppend(
    String runId, @Nullable String planned, List<InputFile> taken, Map<String, String> summary) {

  /**
   * Commits, once for a run however often it is called.
   *
   * @param published called when the files are in their place and before they are committed
   * @return false if another run moved the bookmark; then the files are gone
   */
  boolean commit(Table table, List<StagedFile> files, Runnable published) {
    if (History.ofRun(table, runId).isPresent()) {
      Staging.discardCopies(table, files, runId);
      return true;
    }
    Set<InputFile> all = new LinkedHashSet<>(Bookmark.at(table, planned).files());
    all.addAll(taken);
    String bookmark = Objects.requireNonNull(Bookmark.write(table, all).location());

    try (Publication publication = Publication.of(table, runId, files)) {
      AppendFiles append = table.newAppend();
      publication.dataFiles().forEach(append::appendFile);
      published.run();
      summary.forEach(append::set);
      append.set(History.RUN_ID, runId).set(History.BOOKMARK, bookmark);
      append.validateWith(bookmarkIs(planned));

      boolean committed = Commit.tryCommit(table, append, runId);
      if (committed) {
        Staging.discardCopies(table, files, runId);
      } else {
        Staging.discard(table, files, Set.of());
        Staging.deleteQuietly(table.io(), bookmark);
      }
      publication.settled();
      return committed;
    }
  }

  private static SnapshotAncestryValidator bookmarkIs(@Nullable String planned) {
    return new SnapshotAncestryValidator() {
      @Override
      public boolean validate(Iterable<Snapshot> ancestry) {
        return Objects.equals(planned, History.bookmark(ancestry));
      }

      @Override
      public String errorMessage() {
        return "another ingest took files since this one was planned";
      }
    };
  }
}
