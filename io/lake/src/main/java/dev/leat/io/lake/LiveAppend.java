package dev.leat.io.lake;

import com.google.common.collect.Iterables;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * Appends staged files to a table in one snapshot, without the rows that it has already; again and
 * again until it is done, as whatever another writer did meanwhile only means to look again.
 */
final class LiveAppend {
  private static final long MAX_PAUSE_MILLIS = 5000;

  private final RawTarget target;
  private final Table table;
  private final List<LiveFile> files;
  private final String commitId = UUID.randomUUID().toString();
  private List<LiveFile> added = List.of();

  private LiveAppend(RawTarget target, List<LiveFile> files) {
    this.target = target;
    this.table = target.table();
    this.files = files;
  }

  /**
   * Commits, unless there is nothing new in the files.
   *
   * @return the files that were added; rewritten ones if a part of a file was known
   */
  static List<LiveFile> commit(RawTarget target, List<LiveFile> files) {
    LiveAppend append = new LiveAppend(target, files);
    for (int attempt = 1; !append.isDone(); attempt++) {
      pause(attempt);
    }
    return append.added;
  }

  private boolean isDone() {
    try (Publication publication = Publication.begin(table)) {
      if (History.ofRunOrCommit(table, commitId).isPresent()) {
        // An attempt that seemed to fail did not.
        Staging.discardStaged(table, staged(files));
        return true;
      }
      RawTarget.View view = target.look(files);
      added = newIn(view);
      if (!added.isEmpty() || view.hasNews()) {
        @Nullable Long head = History.headOf(SnapshotUtil.currentAncestors(table));
        publication.publish(commitId, staged(added));
        if (!commit(publication, view)) {
          table.refresh();
          publication.withdraw(History.filesSince(table, head));
          Staging.discardStaged(table, staged(Iterables.filter(added, file -> !isGiven(file))));
          view.discard();
          return false;
        }
        publication.settled();
      }
      Staging.discardStaged(table, staged(files));
      return true;
    }
  }

  /** Whether it is done; if not, it is certain that it is not. */
  private boolean commit(Publication publication, RawTarget.View view) {
    AppendFiles append = table.newAppend();
    publication.dataFiles().forEach(append::appendFile);
    target.published().reached();
    append.set(History.COMMIT_ID, commitId);
    view.describe(append, added);
    try {
      return Commit.tryCommit(table, append, commitId);
    } catch (RuntimeException e) {
      if (e instanceof CleanableFailure) {
        return false;
      }
      // It may still happen: the files stay where they are, and whoever comes next looks.
      throw e;
    }
  }

  private List<LiveFile> newIn(RawTarget.View view) {
    List<LiveFile> found = new ArrayList<>();
    for (LiveFile file : files) {
      if (!file.hasLineage() && !view.has(file)) {
        found.add(file);
      }
    }
    Copies copies = Copies.among(Iterables.filter(files, LiveFile::hasLineage), view.known());
    found.addAll(copies.fresh());
    for (LiveFile file : found) {
      RewriteFile.placeOf(file.file(), table);
    }
    copies
        .overlapping()
        .forEach((file, known) -> found.add(RewriteFile.without(known, file, table)));
    return found;
  }

  private boolean isGiven(LiveFile file) {
    return files.contains(file);
  }

  private static List<StagedFile> staged(Iterable<LiveFile> files) {
    List<StagedFile> staged = new ArrayList<>();
    files.forEach(file -> staged.add(file.file()));
    return staged;
  }

  private static void pause(int attempt) {
    long longest = Math.min(MAX_PAUSE_MILLIS, 20L << Math.min(attempt, 20));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted between two attempts of a commit", e);
    }
  }
}
