package dev.leat.io.lake;

import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestContent;
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
    List<Path> files = new ArrayList<>();
    Path root = LocalFiles.path(table.location());
    collect(root.resolve("data"), ".parquet", limit, files);
    // Not the lock and the logs that lie there too.
    collect(root.resolve("staging"), ".tmp", limit, files);
    return files;
  }

  private static void collect(Path folder, String suffix, Instant limit, List<Path> files)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(suffix)
                && attributes.lastModifiedTime().toInstant().isBefore(limit)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              // Moved to its place or deleted just now.
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  private static Set<Path> referencedBy(Table table) throws IOException {
    Set<Path> files = new HashSet<>();
    Set<String> manifests = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (!manifests.add(manifest.path())) {
          continue;
        }
        if (manifest.content() != ManifestContent.DATA) {
          try (ManifestReader<DeleteFile> reader =
              ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
            reader.forEach(file -> files.add(LocalFiles.path(file.location())));
          }
          continue;
        }
        try (ManifestReader<DataFile> reader =
            ManifestFiles.read(manifest, table.io(), table.specs())) {
          reader.forEach(file -> files.add(LocalFiles.path(file.location())));
        }
      }
    }
    return files;
  }
}
