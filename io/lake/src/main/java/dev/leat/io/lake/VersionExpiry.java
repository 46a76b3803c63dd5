package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;

/**
 * Forgets old versions in one commit, then deletes what only they had.
 *
 * <p>Not Iceberg's {@code ExpireSnapshots}: it knows no bookmarks, which are found by walking back
 * from a version, takes a version that was rolled back a moment ago for as old as it is, and leaves
 * the files of bookmarks behind.
 */
final class VersionExpiry {
  /** What expiry keeps, and what not. */
  private record Plan(List<Snapshot> expired, List<Snapshot> kept, int keptForBookmarks) {}

  /** Files by location, with their sizes; and of those that are not data, the locations. */
  private record Files(Map<String, Long> data, List<String> others) {}

  private VersionExpiry() {}

  static ExpiredVersions find(LakeTable name, Instant limit) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Plan plan = plan(TableRefs.metadata(open.table()), limit);
      return report(plan, onlyIn(open.table(), plan.expired(), plan.kept()));
    }
  }

  static ExpiredVersions expire(LakeTable name, Instant limit) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Table table = open.table();
      // The lock first: it moves back what a dead writer did not commit, and looks for what it did
      // in the versions that there are. And a live ingest can be about to commit again a file of a
      // version that was rolled back: under the lock it either has or has not.
      try (Publication lock = Publication.begin(table)) {
        Plan plan = TableRefs.commit(table, (base, update) -> forget(base, update, limit));
        FaultPoint.VERSIONS_EXPIRED.reached();
        table.refresh();
        Files files = onlyIn(table, plan.expired(), TableRefs.metadata(table).snapshots());
        files.data().keySet().forEach(file -> Staging.deleteQuietly(table.io(), file));
        files.others().forEach(file -> Staging.deleteQuietly(table.io(), file));
        lock.settled();
        return report(plan, files);
      }
    }
  }

  private static Plan forget(TableMetadata base, TableMetadata.Builder update, Instant limit) {
    Plan plan = plan(base, limit);
    if (!plan.expired().isEmpty()) {
      update.removeSnapshots(plan.expired().stream().map(Snapshot::snapshotId).toList());
    }
    return plan;
  }

  private static ExpiredVersions report(Plan plan, Files files) {
    return new ExpiredVersions(
        plan.expired().size(),
        plan.kept().size(),
        plan.keptForBookmarks(),
        files.data().size(),
        files.data().values().stream().mapToLong(size -> size).sum());
  }

  private static Plan plan(TableMetadata metadata, Instant limit) {
    Set<Long> wanted = seenSince(metadata, limit);
    metadata.refs().values().forEach(ref -> wanted.add(ref.snapshotId()));
    wanted.addAll(unpublished(metadata));
    Set<Long> kept = new HashSet<>(wanted);
    for (String property : History.BOOKMARKS) {
      keepWhatLeadsTo(property, metadata, wanted, kept);
    }
    List<Snapshot> expired = new ArrayList<>(metadata.snapshots());
    expired.removeIf(snapshot -> kept.contains(snapshot.snapshotId()));
    List<Snapshot> stay = new ArrayList<>(metadata.snapshots());
    stay.removeAll(expired);
    return new Plan(expired, stay, kept.size() - wanted.size());
  }

  /** All of each branch, back to what it was begun from: it is to be gone on with, or published. */
  private static Set<Long> unpublished(TableMetadata metadata) {
    Mainline mainline = Mainline.of(metadata);
    Set<Long> ids = new HashSet<>();
    for (SnapshotRef ref : metadata.refs().values()) {
      if (ref.isBranch()) {
        for (Snapshot each : TableRefs.line(metadata, metadata.snapshot(ref.snapshotId()), null)) {
          ids.add(each.snapshotId());
          if (mainline.has(each.snapshotId())) {
            break;
          }
        }
      }
    }
    return ids;
  }

  /** What readers saw at the time or later; of what they never saw, what was made since. */
  private static Set<Long> seenSince(TableMetadata metadata, Instant limit) {
    Mainline mainline = Mainline.of(metadata);
    Map<Long, Long> followed = new HashMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      Long parent = snapshot.parentId();
      if (parent != null && mainline.has(snapshot.snapshotId())) {
        followed.put(parent, snapshot.timestampMillis());
      }
    }
    Set<Long> seen = new HashSet<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      long id = snapshot.snapshotId();
      Instant last =
          mainline.has(id)
              ? Instant.ofEpochMilli(followed.getOrDefault(id, Long.MAX_VALUE))
              : mainline.left(id).orElse(Instant.ofEpochMilli(snapshot.timestampMillis()));
      if (!last.isBefore(limit)) {
        seen.add(id);
      }
    }
    return seen;
  }

  /** From each of the versions back to the newest that has a property, if there is one. */
  private static void keepWhatLeadsTo(
      String property, TableMetadata metadata, Set<Long> from, Set<Long> kept) {
    Map<Long, Boolean> leads = new HashMap<>();
    for (long id : from) {
      List<Long> path = new ArrayList<>();
      boolean found = false;
      for (Snapshot each = metadata.snapshot(id);
          each != null && !found;
          each = TableRefs.parent(metadata, each)) {
        Boolean known = leads.get(each.snapshotId());
        if (known != null) {
          found = known;
          break;
        }
        path.add(each.snapshotId());
        found = each.summary().containsKey(property);
      }
      for (long step : path) {
        leads.put(step, found);
      }
      if (found) {
        kept.addAll(path);
      }
    }
  }

  /** The files that the expired snapshots refer to and the kept ones do not. */
  private static Files onlyIn(Table table, List<Snapshot> expired, List<Snapshot> kept) {
    Map<String, ManifestFile> keptManifests = manifests(table, kept);
    Map<String, ManifestFile> manifests = manifests(table, expired);
    manifests.keySet().removeAll(keptManifests.keySet());
    Map<String, Long> data = new LinkedHashMap<>();
    for (ManifestFile manifest : manifests.values()) {
      each(table, manifest, file -> data.put(file.location(), file.fileSizeInBytes()));
    }
    if (!data.isEmpty()) {
      for (ManifestFile manifest : keptManifests.values()) {
        each(table, manifest, file -> data.remove(file.location()));
      }
    }
    List<String> others = new ArrayList<>(manifests.keySet());
    for (Snapshot snapshot : expired) {
      if (snapshot.manifestListLocation() != null) {
        others.add(snapshot.manifestListLocation());
      }
    }
    Set<String> bookmarks = bookmarks(expired);
    bookmarks.removeAll(bookmarks(kept));
    others.addAll(bookmarks);
    return new Files(data, others);
  }

  private static Map<String, ManifestFile> manifests(Table table, List<Snapshot> snapshots) {
    Map<String, ManifestFile> manifests = new LinkedHashMap<>();
    for (Snapshot snapshot : snapshots) {
      snapshot.allManifests(table.io()).forEach(each -> manifests.put(each.path(), each));
    }
    return manifests;
  }

  private static Set<String> bookmarks(List<Snapshot> snapshots) {
    Set<String> locations = new HashSet<>();
    for (Snapshot snapshot : snapshots) {
      String files = snapshot.summary().get(History.BOOKMARK);
      if (files != null && !files.equals(History.NO_BOOKMARK)) {
        locations.add(files);
      }
      LogBookmark.fileOf(snapshot).ifPresent(locations::add);
    }
    return locations;
  }

  /** What is done with a file of a manifest. */
  private interface Visitor {
    void visit(ContentFile<?> file);
  }

  private static void each(Table table, ManifestFile manifest, Visitor visitor) {
    try {
      if (manifest.content() == ManifestContent.DATA) {
        try (ManifestReader<DataFile> files =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          files.forEach(visitor::visit);
        }
      } else {
        try (ManifestReader<DeleteFile> files =
            ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
          files.forEach(visitor::visit);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
