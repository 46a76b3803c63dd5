package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/** What Leat leaves in the summaries of a table's snapshots, and how it is found again. */
final class History {
  static final String PREFIX = "leat.";
  static final String RUN_ID = PREFIX + "run-id";
  static final String WORKFLOW = PREFIX + "workflow";
  static final String WORKFLOW_VERSION = PREFIX + "workflow-version";
  static final String BOOKMARK = PREFIX + "bookmark";
  static final String READ = PREFIX + "read";
  static final String STORED = PREFIX + "stored";
  static final String DEAD_LETTERS = PREFIX + "dead-letters";
  static final String FILES = PREFIX + "files";

  private History() {}

  /** The snapshot that a run committed, if the table's current state stands on it. */
  static Optional<Snapshot> ofRun(Table table, String runId) {
    return ofRun(SnapshotUtil.currentAncestors(table), runId);
  }

  static Optional<Snapshot> ofRun(Iterable<Snapshot> ancestry, String runId) {
    for (Snapshot snapshot : ancestry) {
      if (runId.equals(snapshot.summary().get(RUN_ID))) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  /**
   * Where the newest bookmark in a line of snapshots, newest first, is stored. Commits by others
   * carry none, so it can be some way back.
   *
   * @throws IllegalStateException if the history was expired past it: to go on without would take
   *     every file again
   */
  static @Nullable String bookmark(Iterable<Snapshot> ancestry) {
    Snapshot oldest = null;
    for (Snapshot snapshot : ancestry) {
      String location = snapshot.summary().get(BOOKMARK);
      if (location != null) {
        return location;
      }
      oldest = snapshot;
    }
    if (oldest != null && oldest.parentId() != null) {
      throw new IllegalStateException(
          "The bookmark of the files taken so far is lost: the table's snapshots were expired past"
              + " the last ingest. Keep the newest snapshot whose summary has "
              + BOOKMARK);
    }
    return null;
  }

  /**
   * The data files in the manifests that a snapshot wrote: at least those that it added. (Iceberg's
   * own {@code addedDataFiles} does not know the table's specs, and warns about it.)
   */
  static Set<String> filesOf(Snapshot snapshot, Table table) {
    Set<String> locations = new HashSet<>();
    for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
      if (manifest.snapshotId() != null && manifest.snapshotId() == snapshot.snapshotId()) {
        try (ManifestReader<DataFile> files =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          files.forEach(file -> locations.add(file.location()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return locations;
  }

  static long number(Snapshot snapshot, String property) {
    String value = snapshot.summary().get(property);
    try {
      return value == null ? 0 : Long.parseLong(value);
    } catch (NumberFormatException e) {
      // Another writer's, under the same name.
      return 0;
    }
  }
}
