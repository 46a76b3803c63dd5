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
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
  /** What is done with each. */
  private interface Deed {
    void to(Path file) throws IOException;
  }

  private Orphans() {}

  /** Counts what {@link #sweep} would delete. */
  static OrphanFiles find(LakeTable name, Instant limit) {
    return each(name, limit, file -> {});
  }

  /** Deletes what was last changed before {@code limit} and no snapshot refers to. */
  static OrphanFiles sweep(LakeTable name, Instant limit) {
    return each(name, limit, Files::deleteIfExists);
  }

  private static OrphanFiles each(LakeTable name, Instant limit, Deed deed) {
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      if (!(open.table().io() instanceof LocalFiles)) {
        throw new UsageException(
            name + ": files can only be swept on a local disk; use the catalog's own clean-up");
      }
      // The listing comes first: a file that is committed meanwhile is then known to the table.
      Map<Path, Long> old = filesBefore(open.table(), limit);
      open.table().refresh();
      old.keySet().removeAll(referencedBy(open.table()));
      for (Path file : old.keySet()) {
        deed.to(file);
      }
      return new OrphanFiles(old.size(), old.values().stream().mapToLong(size -> size).sum());
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot sweep", e);
    }
  }

  private static Map<Path, Long> filesBefore(Table table, Instant limit) throws IOException {
    Map<Path, Long> files = new TreeMap<>();
    Path root = LocalFiles.path(table.location());
    collect(root.resolve("data"), ".parquet", limit, files);
    // Not the lock and the logs that lie there too.
    collect(root.resolve("staging"), ".tmp", limit, files);
    return files;
  }

  private static void collect(Path folder, String suffix, Instant limit, Map<Path, Long> files)
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
              files.put(file, attributes.size());
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
