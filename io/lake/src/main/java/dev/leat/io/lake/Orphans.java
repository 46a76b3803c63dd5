package dev.leat.io.lake;

import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/** Data files that killed runs left behind. */
final class Orphans {
  private static final Duration MIN_AGE = Duration.ofMinutes(1);

  private Orphans() {}

  static int sweep(LakeTable name, Duration age) {
    if (age.compareTo(MIN_AGE) < 0) {
      throw new UsageException("olderThan: expected 1m or more, got " + age.toSeconds() + "s");
    }
    return sweep(name, Instant.now().minus(age));
  }

  /** Deletes what was last changed before {@code limit} and no snapshot refers to. */
  static int sweep(LakeTable name, Instant limit) {
    try (Warehouse.OpenTable open = Warehouse.findTable(name).orElse(null)) {
      if (open == null) {
        return 0;
      }
      if (!(open.table().io() instanceof LocalFiles)) {
        throw new UsageException(
            name + ": files can only be swept on a local disk; use the catalog's own clean-up");
      }
      // The listing comes first: a file that is committed meanwhile is then known to the table.
      List<Path> old = filesBefore(open.table(), limit);
      open.table().refresh();
      Set<Path> referenced = referencedBy(open.table());
      int deleted = 0;
      for (Path file : old) {
        if (!referenced.contains(file)) {
          Files.deleteIfExists(file);
          deleted++;
        }
      }
      return deleted;
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot sweep", e);
    }
  }

  private static List<Path> filesBefore(Table table, Instant limit) throws IOException {
    List<Path> files = new java.util.ArrayList<>();
    for (String folder : List.of("data", "staging")) {
      Path root = LocalFiles.path(table.location()).resolve(folder);
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> all = Files.walk(root)) {
        for (Path file : (Iterable<Path>) all::iterator) {
          if (Files.isRegularFile(file) && isOld(file, limit)) {
            files.add(file);
          }
        }
      }
    }
    return files;
  }

  private static boolean isOld(Path file, Instant limit) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(limit);
    } catch (NoSuchFileException e) {
      // Moved to its place or deleted just now.
      return false;
    }
  }

  private static Set<Path> referencedBy(Table table) throws IOException {
    Set<Path> files = new HashSet<>();
    Set<String> manifests = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (!manifests.add(manifest.path())) {
          continue;
        }
        if (manifest.content() != org.apache.iceberg.ManifestContent.DATA) {
          try (ManifestReader<org.apache.iceberg.DeleteFile> reader =
              ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
            reader.forEach(file -> files.add(LocalFiles.path(file.location())));
          }
          continue;
        }
        try (ManifestReader<DataFile> reader =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          for (DataFile file : reader) {
            if (file.content() == FileContent.DATA) {
              files.add(LocalFiles.path(file.location()));
            }
          }
        }
      }
    }
    return files;
  }
}
