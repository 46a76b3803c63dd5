package dev.leat.io.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
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

  /** The source of a run, without its parameters. */
  static final String SOURCE = PREFIX + "source";

  /** The columns that tell a derived table's rows apart, a JSON array. */
  static final String KEY = PREFIX + "key";

  static final String BOOKMARK = PREFIX + "bookmark";
  static final String READ = PREFIX + "read";
  static final String STORED = PREFIX + "stored";
  static final String DEAD_LETTERS = PREFIX + "dead-letters";
  static final String FILES = PREFIX + "files";

  /** What live ingest has taken of logs, as {@link LogBookmark} writes it. */
  static final String OFFSETS = PREFIX + "offsets";

  /** The number of a commit within its live run, from 1. */
  static final String COMMIT = PREFIX + "commit";

  /** Unique for each commit of a live run, by which it is found again. */
  static final String COMMIT_ID = PREFIX + "commit-id";

  /** The snapshot of the source that a run read. */
  static final String INPUT_SNAPSHOT = PREFIX + "input-snapshot";

  /**
   * The snapshot of the source that the whole table agrees with: what an incremental run goes on
   * from. Later commits without it, as of a range, leave it where it is.
   */
  static final String SOURCE_BOOKMARK = PREFIX + "source-bookmark";

  /**
   * What the newest version of a table may have to look for in earlier ones: expiry keeps what
   * leads there.
   */
  static final List<String> BOOKMARKS = List.of(BOOKMARK, OFFSETS, SOURCE_BOOKMARK);

  /**
   * A property of a table: the time before which expiry has taken its events or rows away,
   * ISO-8601. A window of them that begins before it can not be made anew.
   */
  static final String EVENTS_FROM = PREFIX + "events-from";

  /** In place of a bookmark's location: there is none, which is not to say that it was lost. */
  static final String NO_BOOKMARK = "none";

  private static final ObjectMapper JSON = new ObjectMapper();

  private History() {}

  /**
   * A line of snapshots, newest first: of a branch, or of the table if that is null or not there.
   */
  static Iterable<Snapshot> ancestry(Table table, @Nullable String branch) {
    Snapshot head = branch == null ? null : table.snapshot(branch);
    return head == null
        ? SnapshotUtil.currentAncestors(table)
        : SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot);
  }

  /** Names of columns as {@link #KEY} has them. */
  static String text(List<String> columns) {
    try {
      return JSON.writeValueAsString(columns);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The names that a snapshot has as its {@link #KEY}; none if it has no such list. */
  static List<String> key(Snapshot snapshot) {
    String text = snapshot.summary().get(KEY);
    try {
      return text == null ? List.of() : List.of(JSON.readValue(text, String[].class));
    } catch (JsonProcessingException e) {
      // Another writer's, under the same name.
      return List.of();
    }
  }

  /** The snapshot that a run committed, if the table's current state stands on it. */
  static Optional<Snapshot> ofRun(Table table, String runId) {
    return ofRun(table, null, runId);
  }

  /** The snapshot that a run committed, if the state of the branch stands on it. */
  static Optional<Snapshot> ofRun(Table table, @Nullable String branch, String runId) {
    return ofRun(ancestry(table, branch), runId);
  }

  static Optional<Snapshot> ofRun(Iterable<Snapshot> ancestry, String runId) {
    for (Snapshot snapshot : ancestry) {
      if (runId.equals(snapshot.summary().get(RUN_ID))) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  /** The newest of a line of snapshots that remembers something. */
  static Optional<Snapshot> newestWith(String property, Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      if (snapshot.summary().containsKey(property)) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the newest of a line of snapshots that remembers something is a run's.
   *
   * @param runId null if none may remember it
   */
  static boolean isNewestBy(@Nullable String runId, String property, Iterable<Snapshot> ancestry) {
    Optional<Snapshot> newest = newestWith(property, ancestry);
    return newest.isEmpty()
        ? runId == null
        : Objects.equals(runId, newest.get().summary().get(RUN_ID));
  }

  /** The snapshot that a run, or one commit of a live run, made. */
  static Optional<Snapshot> ofRunOrCommit(Table table, String id) {
    return ofRunOrCommit(table, null, id);
  }

  static Optional<Snapshot> ofRunOrCommit(Table table, @Nullable String branch, String id) {
    for (Snapshot snapshot : ancestry(table, branch)) {
      if (isOf(snapshot, id)) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  /** Whether a run, or a commit of a live run, made the snapshot. */
  static boolean isOf(Snapshot snapshot, String id) {
    return id.equals(snapshot.summary().get(RUN_ID))
        || id.equals(snapshot.summary().get(COMMIT_ID));
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
        return location.equals(NO_BOOKMARK) ? null : location;
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
   * The newest bookmark of files as it is written, for a commit that leaves it as it is but may
   * outlive the snapshot that has it; null if it was lost.
   */
  static @Nullable String bookmarkAsWritten(Iterable<Snapshot> ancestry) {
    Snapshot oldest = null;
    for (Snapshot snapshot : ancestry) {
      String written = snapshot.summary().get(BOOKMARK);
      if (written != null) {
        return written;
      }
      oldest = snapshot;
    }
    return oldest == null || oldest.parentId() == null ? NO_BOOKMARK : null;
  }

  /** The data files that the snapshots after a given one added, at least. */
  static Set<String> filesSince(Table table, @Nullable Long snapshotId) {
    Set<String> locations = new HashSet<>();
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (snapshotId != null && snapshot.snapshotId() == snapshotId) {
        break;
      }
      locations.addAll(filesOf(snapshot, table));
    }
    return locations;
  }

  static @Nullable Long headOf(Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      return snapshot.snapshotId();
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
