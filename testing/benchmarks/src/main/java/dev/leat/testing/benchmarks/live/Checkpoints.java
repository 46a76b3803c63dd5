package dev.leat.testing.benchmarks.live;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The size of the largest checkpoint that was seen below a folder. The last one says little: when
 * the watermark has passed all events, nothing is remembered.
 */
final class Checkpoints {
  private static final String COMPLETE = "_metadata";

  private final Path folder;
  private long most;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  /** Looks at those that are complete, some of which may go meanwhile. */
  void look() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Map<Path, Long> bytes = new HashMap<>();
    Set<Path> complete = new HashSet<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.merge(file.getParent(), attributes.size(), Long::sum);
            if (file.endsWith(COMPLETE)) {
              complete.add(file.getParent());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    complete.forEach(checkpoint -> most = Math.max(most, bytes.getOrDefault(checkpoint, 0L)));
  }

  /** In bytes; 0 if there was none. */
  long most() {
    return most;
  }
}
