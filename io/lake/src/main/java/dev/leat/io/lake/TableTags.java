package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;

/** Names for versions of a table that are to be found again, and kept, until they are dropped. */
public final class TableTags {
  private TableTags() {}

  /**
   * Gives a version a name. Done already if it has it.
   *
   * @param name a letter, then up to 99 letters, digits, {@code _}, {@code .} or {@code -}
   * @param version a snapshot's id, a tag, a branch or a time; absent for the current one
   * @return the snapshot's id
   * @throws UsageException if the name cannot be one, is another version's, or there is no such
   *     version
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static long set(ConnectorUri uri, String name, Optional<String> version) {
    VersionName.checkNew(name);
    return commit(
        uri,
        (base, update) -> {
          Snapshot snapshot = snapshot(uri, base, version);
          SnapshotRef former = base.refs().get(name);
          if (former == null) {
            update.setRef(name, SnapshotRef.tagBuilder(snapshot.snapshotId()).build());
          } else if (former.isBranch() || former.snapshotId() != snapshot.snapshotId()) {
            throw new UsageException(
                former.isBranch()
                    ? "NAME: " + name + " is a branch of the table; choose another"
                    : "NAME: %s is the tag of snapshot %d; drop it first, with --drop"
                        .formatted(name, former.snapshotId()));
          }
          return snapshot.snapshotId();
        });
  }

  /**
   * Takes a name away; the version stays until it is expired.
   *
   * @return the id of the snapshot that had it
   * @throws UsageException if there is no such tag
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static long drop(ConnectorUri uri, String name) {
    return commit(
        uri,
        (base, update) -> {
          SnapshotRef ref = base.refs().get(name);
          if (ref == null || ref.isBranch()) {
            throw new UsageException(
                "NAME: " + name + (ref == null ? " is no tag" : " is a branch, and no tag"));
          }
          update.removeRef(name);
          return ref.snapshotId();
        });
  }

  private static Snapshot snapshot(
      ConnectorUri uri, TableMetadata metadata, Optional<String> version) {
    if (version.isPresent()) {
      return VersionName.find(metadata, "--snapshot", version.get());
    }
    Snapshot head = metadata.currentSnapshot();
    if (head == null) {
      throw new UsageException(uri + ": the table has no version yet");
    }
    return head;
  }

  private static long commit(ConnectorUri uri, TableRefs.Change<Long> change) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      return TableRefs.commit(open.table(), change);
    }
  }
}
