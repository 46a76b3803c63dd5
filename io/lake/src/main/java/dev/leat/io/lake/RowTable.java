package dev.leat.io.lake;

import com.google.common.collect.Iterables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Commits batches of live rows into a derived table, by copying the files that they change.
 *
 * <p>A batch is compared with one snapshot, and its outcome is committed only if that is still the
 * current one; otherwise it is compared again. What is compared is each row's revision, which is
 * stored with it ({@link Revisions}), so a batch, a part of it, or an older one can come again at
 * any time and changes nothing.
 */
final class RowTable implements Closeable {
  private static final int ATTEMPTS = 30;

  private final RowTarget target;
  private final RowKey key;
  private @Nullable Warehouse warehouse;

  RowTable(RowTarget target) {
    this.target = target;
    this.key = RowKey.of(target);
  }

  /**
   * @throws CommitFailedException if other writers were faster each time
   */
  void commit(RowBatch batch) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (tryCommit(batch)) {
        return;
      }
      Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(Math.min(2000, 50L * attempt)));
    }
    throw new CommitFailedException(
        "%s: other writers changed the table during each of %s attempts to commit",
        target.rows().name(), ATTEMPTS);
  }

  private boolean tryCommit(RowBatch batch) {
    if (warehouse == null) {
      warehouse = Warehouse.open(target.rows().name());
    }
    Table table = target.rows().prepare(warehouse);
    RowMerge merge = RowMerge.of(table, target, key, batch);
    if (merge.isDone()) {
      return true;
    }
    List<StagedFile> staged = new ArrayList<>();
    List<DataFile> removed;
    try {
      removed = merge.write(staged::add);
    } catch (RuntimeException e) {
      Staging.discard(table, staged, Set.of());
      throw e;
    }
    FaultPoint.LIVE_ROWS_WRITTEN.reached();
    boolean committed = publish(table, merge.snapshot(), staged, removed);
    FaultPoint.LIVE_ROWS_COMMITTED.reached();
    return committed;
  }

  private boolean publish(
      Table table, @Nullable Snapshot compared, List<StagedFile> staged, List<DataFile> removed) {
    String commit = UUID.randomUUID().toString();
    try (Publication publication = Publication.of(table, commit, staged)) {
      OverwriteFiles overwrite = table.newOverwrite();
      removed.forEach(overwrite::deleteFile);
      publication.dataFiles().forEach(overwrite::addFile);
      target.properties().forEach((key, value) -> overwrite.set(History.PREFIX + key, value));
      overwrite.set(History.RUN_ID, target.runId()).set(History.COMMIT_ID, commit);
      overwrite.set(History.KEY, History.text(target.live().key()));
      // Iceberg would let a file be removed that another writer has removed: its rows would be
      // back. So nothing at all may have happened since the comparison.
      overwrite.validateWith(ancestry -> isHead(compared, ancestry));
      FaultPoint.LIVE_ROWS_PUBLISHED.reached();
      boolean committed;
      try {
        committed = Commit.tryCommit(table, overwrite, commit);
      } catch (RuntimeException e) {
        if (!(e instanceof CleanableFailure)) {
          throw e;
        }
        committed = false;
      }
      if (!committed) {
        Staging.discard(table, staged, Set.of());
      }
      publication.settled();
      return committed;
    }
  }

  private static boolean isHead(@Nullable Snapshot compared, Iterable<Snapshot> ancestry) {
    Snapshot head = Iterables.getFirst(ancestry, null);
    return head == null
        ? compared == null
        : compared != null && head.snapshotId() == compared.snapshotId();
  }

  @Override
  public void close() {
    if (warehouse != null) {
      warehouse.close();
      warehouse = null;
    }
  }
}
