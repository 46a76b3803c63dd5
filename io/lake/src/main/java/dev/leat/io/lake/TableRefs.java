package dev.leat.io.lake;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.jspecify.annotations.Nullable;

/**
 * Changes what a table's names stand for, the current version among them, by compare-and-set: what
 * is decided is decided of the metadata that it replaces, or decided again. (Iceberg's own {@code
 * ManageSnapshots} decides once and may try again on other metadata.)
 */
final class TableRefs {
  private static final int ATTEMPTS = 30;

  private TableRefs() {}

  /** What is to be changed. */
  @FunctionalInterface
  interface Change<T> {
    /**
     * @param update left as it is if there is nothing to do
     * @return what is told of it
     */
    T of(TableMetadata base, TableMetadata.Builder update);
  }

  /**
   * @throws CommitFailedException if other writers were faster each time
   */
  static <T> T commit(Table table, Change<T> change) {
    TableOperations operations = ((HasTableOperations) table).operations();
    for (int attempt = 1; ; attempt++) {
      TableMetadata base = operations.refresh();
      TableMetadata.Builder update = TableMetadata.buildFrom(base);
      T told = change.of(base, update);
      TableMetadata updated = update.build();
      if (updated == base) {
        return told;
      }
      FaultPoint.REFS_DECIDED.reached();
      try {
        operations.commit(base, updated);
        return told;
      } catch (CommitFailedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        pause(attempt);
      } catch (CommitStateUnknownException e) {
        if (!operations.refresh().refs().equals(updated.refs())) {
          throw e;
        }
        return told;
      }
    }
  }

  static TableMetadata metadata(Table table) {
    return ((HasTableOperations) table).operations().current();
  }

  /** Whether a snapshot is another one or one that it was made from. */
  static boolean isAncestor(TableMetadata metadata, long ancestor, @Nullable Snapshot of) {
    for (Snapshot each = of; each != null; each = parent(metadata, each)) {
      if (each.snapshotId() == ancestor) {
        return true;
      }
    }
    return false;
  }

  /** A snapshot and what it was made from, the newest first, until just before {@code end}. */
  static List<Snapshot> line(
      TableMetadata metadata, @Nullable Snapshot head, @Nullable Snapshot end) {
    List<Snapshot> line = new ArrayList<>();
    for (Snapshot each = head; each != null && !each.equals(end); each = parent(metadata, each)) {
      line.add(each);
    }
    return line;
  }

  static @Nullable Snapshot parent(TableMetadata metadata, Snapshot snapshot) {
    Long parent = snapshot.parentId();
    return parent == null ? null : metadata.snapshot(parent);
  }

  private static void pause(int attempt) {
    Uninterruptibles.sleepUninterruptibly(
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(Math.min(2000, 20L << attempt))));
  }
}
