package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;

/**
 * Makes few large files of many small ones. The rows stay as they are, with their lineage and their
 * revisions, and no reader sees a row twice or not at all.
 *
 * <p>The commits are Iceberg's {@code replace}: they add no data, so no incremental run takes their
 * files for new. They go on beside ingests and live runs: what those change meanwhile is left to
 * the next attempt. A crash leaves the table as after the last commit, and files for {@link
 * LakeTables#sweepOrphans}. Memory: one row group.
 */
public final class TableCompaction implements Closeable {
  /** What one commit rewrites, at least: a conflict loses no more work. */
  private static final long BYTES_A_COMMIT = 512L << 20;

  /** The same where a live run may change the files. */
  private static final long LIVE_BYTES_A_COMMIT = 64L << 20;

  private static final int ATTEMPTS = 20;

  private final Warehouse.OpenTable open;
  private final Table table;

  private TableCompaction(Warehouse.OpenTable open) {
    this.open = open;
    this.table = open.table();
  }

  /**
   * What {@link #compact} would do.
   *
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static Compacted find(ConnectorUri uri) {
    try (TableCompaction compaction = opened(uri)) {
      return told(compaction.groups(), List.of());
    }
  }

  /**
   * Rewrites the small files of the current version, in as many commits as it takes.
   *
   * @throws CommitFailedException if other writers changed the same files each time; what was
   *     committed before is done
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static Compacted compact(ConnectorUri uri) {
    try (TableCompaction compaction = opened(uri)) {
      return compaction.run();
    }
  }

  private static TableCompaction opened(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog"));
    return new TableCompaction(Warehouse.openTable(LakeTable.parse(uri)));
  }

  private Compacted run() {
    Compacted done = Compacted.NOTHING;
    Set<String> partitions = new HashSet<>();
    int conflicts = 0;
    for (List<SmallFiles.Group> batch = batch(); !batch.isEmpty(); batch = batch()) {
      Compacted committed = commit(batch);
      if (committed.files() > 0) {
        batch.forEach(group -> partitions.add(group.partition()));
        done = done.plus(committed);
        conflicts = 0;
      } else if (++conflicts == ATTEMPTS) {
        throw new CommitFailedException(
            "%s: other writers changed the files that were being compacted %s times; %s files were"
                + " compacted before",
            table.name(), ATTEMPTS, done.files());
      }
    }
    return new Compacted(
        partitions.size(),
        done.files(),
        done.written(),
        done.rows(),
        done.bytes(),
        done.bytesWritten());
  }

  private List<SmallFiles.Group> groups() {
    table.refresh();
    Snapshot snapshot = table.currentSnapshot();
    return snapshot == null ? List.of() : new SmallFiles(table).in(snapshot);
  }

  /** What the next commit rewrites, of the current snapshot. */
  private List<SmallFiles.Group> batch() {
    List<SmallFiles.Group> batch = new ArrayList<>();
    long bytes = 0;
    for (SmallFiles.Group group : groups()) {
      batch.add(group);
      bytes += group.bytes();
      if (bytes >= (group.version() == null ? BYTES_A_COMMIT : LIVE_BYTES_A_COMMIT)) {
        break;
      }
    }
    return batch;
  }

  /** What was done: nothing if another writer has changed one of the files. */
  private Compacted commit(List<SmallFiles.Group> batch) {
    Snapshot read = Objects.requireNonNull(table.currentSnapshot());
    List<StagedFile> staged = new ArrayList<>();
    boolean finished = false;
    try {
      batch.forEach(group -> rewrite(group, staged));
      finished = true;
    } finally {
      if (!finished) {
        Staging.discard(table, staged, Set.of());
      }
    }
    Set<DataFile> removed = new HashSet<>();
    batch.forEach(group -> removed.addAll(group.files()));
    String commitId = UUID.randomUUID().toString();
    try (Publication publication = Publication.of(table, commitId, staged)) {
      FaultPoint.COMPACTION_PUBLISHED.reached();
      boolean committed = false;
      // A bookmark can have moved, which matters to no file.
      while (!committed && hasAll(removed)) {
        CarriedBookmarks bookmarks = CarriedBookmarks.of(table);
        RewriteFiles rewrite =
            table
                .newRewrite()
                .validateFromSnapshot(read.snapshotId())
                .rewriteFiles(
                    removed, new HashSet<>(publication.dataFiles()), read.sequenceNumber());
        bookmarks.carryWith(rewrite);
        rewrite.set(History.COMMIT_ID, commitId);
        committed = Commit.tryCommit(table, rewrite, commitId);
        table.refresh();
        if (!committed && CarriedBookmarks.of(table).equals(bookmarks)) {
          break;
        }
      }
      if (!committed) {
        Staging.discard(table, staged, Set.of());
      }
      publication.settled();
      return committed ? told(batch, publication.dataFiles()) : Compacted.NOTHING;
    }
  }

  private boolean hasAll(Set<DataFile> files) {
    Set<String> missing = new HashSet<>();
    files.forEach(file -> missing.add(file.location()));
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot != null) {
      new SmallFiles(table).each(snapshot, task -> missing.remove(task.file().location()));
    }
    return missing.isEmpty();
  }

  private void rewrite(SmallFiles.Group group, List<StagedFile> staged) {
    String version = group.version();
    StagingWriter writer =
        version == null
            ? new StagingWriter(table, Long.MAX_VALUE, staged::add)
            : new StagingWriter(
                table,
                Long.MAX_VALUE,
                staged::add,
                Revisions.joined(
                    group.tasks().stream().map(task -> revisions(task, version)).toList(),
                    version));
    long before = staged.stream().mapToLong(StagedFile::rows).sum();
    boolean finished = false;
    try {
      for (FileScanTask task : group.tasks()) {
        StoredRows.each(table, task, table.schema(), (row, position) -> writer.add(row));
      }
      writer.finish();
      finished = true;
    } finally {
      if (!finished) {
        writer.abandon();
      }
    }
    long rows = staged.stream().mapToLong(StagedFile::rows).sum() - before;
    if (rows != group.rows()) {
      throw new IllegalStateException(
          table.name()
              + ": "
              + group.rows()
              + " rows were read and "
              + rows
              + " written; nothing is committed");
    }
  }

  private Revisions revisions(FileScanTask task, String version) {
    return Objects.requireNonNull(Revisions.of(table, task.file(), version));
  }

  private static Compacted told(List<SmallFiles.Group> groups, List<DataFile> written) {
    return new Compacted(
        (int) groups.stream().map(SmallFiles.Group::partition).distinct().count(),
        groups.stream().mapToInt(group -> group.tasks().size()).sum(),
        written.size(),
        groups.stream().mapToLong(SmallFiles.Group::rows).sum(),
        groups.stream().mapToLong(SmallFiles.Group::bytes).sum(),
        written.stream().mapToLong(DataFile::fileSizeInBytes).sum());
  }

  @Override
  public void close() {
    open.close();
  }
}
