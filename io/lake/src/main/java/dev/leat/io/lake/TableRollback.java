package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;

/**
 * Makes an earlier version of a table the current one, or a later one again, in one commit.
 *
 * <p>Nothing is deleted: what is undone stays readable, and the way forward to it stays open, until
 * it is expired. A live run goes on with what is now current: a row of its that was undone comes
 * back when it changes, or by a repair. See docs/guide/versions.md.
 */
public final class TableRollback {
  private TableRollback() {}

  /**
   * @param to a snapshot's id, a tag, a branch or a time: a version that the current one stands on,
   *     or one that readers saw and that stands on the current one
   * @throws UsageException if there is no such version, or it is neither
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static RolledBack roll(ConnectorUri uri, String to) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      return TableRefs.commit(open.table(), (base, update) -> decide(uri, to, base, update));
    }
  }

  private static RolledBack decide(
      ConnectorUri uri, String to, TableMetadata base, TableMetadata.Builder update) {
    Snapshot from = base.currentSnapshot();
    if (from == null) {
      throw new UsageException(uri + ": the table has no version yet");
    }
    Snapshot target = VersionName.find(base, "--to", to);
    Mainline mainline = Mainline.of(base);
    long id = target.snapshotId();
    boolean isForward =
        TableRefs.isAncestor(base, from.snapshotId(), target) && mainline.wasRolledBack(id);
    if (!mainline.has(id) && !isForward && !isBeforeWhatIsExpired(target, base)) {
      throw new UsageException(refusal(target, base, mainline));
    }
    if (id != from.snapshotId()) {
      update.setBranchSnapshot(id, SnapshotRef.MAIN_BRANCH);
    }
    return new RolledBack(
        TableVersion.of(from, base, mainline),
        TableVersion.of(target, base, mainline),
        isForward ? List.of() : versions(from, target, base, mainline),
        isForward ? versions(target, from, base, mainline) : List.of());
  }

  private static List<TableVersion> versions(
      Snapshot head, Snapshot end, TableMetadata base, Mainline mainline) {
    return TableRefs.line(base, head, end).stream()
        .map(each -> TableVersion.of(each, base, mainline))
        .toList();
  }

  /** Of a tag that was kept while the versions after it were expired. */
  private static boolean isBeforeWhatIsExpired(Snapshot target, TableMetadata base) {
    List<Snapshot> line = TableRefs.line(base, base.currentSnapshot(), null);
    Snapshot oldest = line.get(line.size() - 1);
    return oldest.parentId() != null
        && target.sequenceNumber() < oldest.sequenceNumber()
        && branchOf(target, base).isEmpty();
  }

  private static String refusal(Snapshot target, TableMetadata base, Mainline mainline) {
    String begin = "--to: " + target.snapshotId() + " is no version that the table stands on: ";
    if (!mainline.wasRolledBack(target.snapshotId())) {
      return begin
          + branchOf(target, base)
              .map(branch -> "it is of branch " + branch + " and ")
              .orElse("it ")
          + "was never published; leat table publish makes a branch the table";
    }
    Snapshot common = target;
    while (common != null && !mainline.has(common.snapshotId())) {
      common = TableRefs.parent(base, common);
    }
    return begin
        + "it was rolled back, and other versions were made since. "
        + (common == null
            ? "What they have in common is expired"
            : "To give those up, roll back to " + common.snapshotId() + " first, then to this one");
  }

  private static Optional<String> branchOf(Snapshot target, TableMetadata base) {
    return base.refs().entrySet().stream()
        .filter(ref -> ref.getValue().isBranch())
        .filter(
            ref ->
                TableRefs.isAncestor(
                    base, target.snapshotId(), base.snapshot(ref.getValue().snapshotId())))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }
}
