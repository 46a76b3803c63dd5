package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.quality.QualityRefusedException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;

/** Versions of a table that were written beside the one that readers see, and their publication. */
public final class TableBranches {
  private TableBranches() {}

  /**
   * What a publication did.
   *
   * @param snapshotId what is current now
   * @param added the versions that were made current, the newest first; empty if all were
   */
  public record Published(long snapshotId, List<TableVersion> added) {}

  /**
   * Makes what a branch has the current version, in one commit, if the table has not moved since
   * the branch was begun. The branch stays. Done already if the table stands on it.
   *
   * @throws MovedException if the table moved: nothing is changed
   * @throws QualityRefusedException if it is a backfill whose rows break the workflow's rules
   * @throws UsageException if there is no such branch, or it is a backfill that is not finished
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static Published publish(ConnectorUri uri, String branch) {
    return commit(uri, (base, update) -> publish(uri, branch, base, update));
  }

  /**
   * Drops a branch; what was written to it stays until it is expired.
   *
   * @return whether there was one
   * @throws UsageException if the name is that of a tag, or of what readers see
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static boolean drop(ConnectorUri uri, String branch) {
    return commit(
        uri,
        (base, update) -> {
          SnapshotRef ref = base.refs().get(branch);
          if (branch.equals(SnapshotRef.MAIN_BRANCH) || (ref != null && ref.isTag())) {
            throw new UsageException(branch + ": expected a branch beside main, which is no tag");
          }
          if (ref != null) {
            update.removeRef(branch);
          }
          return ref != null;
        });
  }

  private static Published publish(
      ConnectorUri uri, String branch, TableMetadata base, TableMetadata.Builder update) {
    SnapshotRef ref = base.refs().get(branch);
    Snapshot target = ref == null ? null : base.snapshot(ref.snapshotId());
    if (ref == null || ref.isTag() || target == null) {
      throw new UsageException(
          "BRANCH: the table has no branch '"
              + branch
              + "'; it has "
              + base.refs().entrySet().stream()
                  .filter(each -> each.getValue().isBranch())
                  .map(Map.Entry::getKey)
                  .sorted()
                  .toList());
    }
    BackfillCommit.state(TableRefs.line(base, target, null), false)
        .ifPresent(backfill -> mayBePublished(branch, backfill));
    Snapshot head = base.currentSnapshot();
    if (head != null && TableRefs.isAncestor(base, target.snapshotId(), head)) {
      return new Published(head.snapshotId(), List.of());
    }
    if (head != null && !TableRefs.isAncestor(base, head.snapshotId(), target)) {
      throw new MovedException(uri, branch, since(base, target, head));
    }
    Mainline mainline = Mainline.of(base);
    List<TableVersion> added =
        TableRefs.line(base, target, head).stream()
            .map(each -> TableVersion.of(each, base, mainline))
            .toList();
    update.setBranchSnapshot(target.snapshotId(), SnapshotRef.MAIN_BRANCH);
    return new Published(target.snapshotId(), added);
  }

  /** Readers see a backfill whole, and only if the rules of quality hold. */
  private static void mayBePublished(String branch, BackfillState backfill) {
    String audit =
        backfill
            .audit()
            .orElseThrow(
                () ->
                    new UsageException(
                        "BRANCH: "
                            + branch
                            + " is a backfill that is not finished; run leat backfill again first"));
    if (!audit.isEmpty()) {
      throw new QualityRefusedException(audit.lines().toList());
    }
  }

  /** How many commits the table has that a branch does not stand on. */
  private static int since(TableMetadata base, Snapshot target, Snapshot head) {
    Set<Long> known = new HashSet<>();
    TableRefs.line(base, target, null).forEach(each -> known.add(each.snapshotId()));
    List<Snapshot> line = TableRefs.line(base, head, null);
    return (int) line.stream().takeWhile(each -> !known.contains(each.snapshotId())).count();
  }

  private static <T> T commit(ConnectorUri uri, TableRefs.Change<T> change) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      return TableRefs.commit(open.table(), change);
    }
  }

  /** The table has versions that a branch does not stand on. */
  public static final class MovedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int commits;

    MovedException(ConnectorUri uri, String branch, int commits) {
      super(
          "%s: the table has %d %s that branch %s does not stand on; nothing was published"
              .formatted(uri, commits, commits == 1 ? "commit" : "commits", branch));
      this.commits = commits;
    }

    /** How many commits the branch does not stand on. */
    public int commits() {
      return commits;
    }
  }
}
