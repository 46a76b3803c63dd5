package dev.leat.pipelines.quickstart;

import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder that a quickstart fills. It is made anew each time, and never made of another's. */
final class QuickstartFolder implements Closeable {
  private static final String MARK = ".leat-quickstart";

  private final Path folder;
  private final FileChannel mark;

  private QuickstartFolder(Path folder, FileChannel mark) {
    this.folder = folder;
    this.mark = mark;
  }

  /**
   * Makes the folder, or empties one that a quickstart has made.
   *
   * @throws UsageException if it is a file, holds other things, or another quickstart is at work in
   *     it
   * @throws UnreachableException if it cannot be made
   */
  static QuickstartFolder open(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UsageException("--directory: expected a folder, got the file " + folder);
    }
    try {
      Path markFile = folder.resolve(MARK);
      if (Files.isDirectory(folder) && !Files.exists(markFile) && !isEmpty(folder)) {
        throw new UsageException(
            "--directory: expected a new or empty folder, got "
                + folder
                + ", which holds other things");
      }
      Files.createDirectories(folder);
      FileChannel mark =
          FileChannel.open(markFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lockOrNull(mark);
      if (lock == null) {
        mark.close();
        throw new UsageException(
            "--directory: another quickstart is at work in " + folder + "; give another folder");
      }
      empty(folder, markFile);
      return new QuickstartFolder(folder, mark);
    } catch (IOException e) {
      throw new UnreachableException(
          "--directory: " + folder + " cannot be written: " + e.getMessage(), e);
    }
  }

  Path path() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    mark.close();
  }

  @SuppressWarnings("NullAway") // Java's own way to say that another process has the lock.
  private static FileLock lockOrNull(FileChannel mark) throws IOException {
    try {
      return mark.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }

  private static void empty(Path folder, Path mark) throws IOException {
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(folder)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      if (!entry.equals(folder) && !entry.equals(mark)) {
        Files.delete(entry);
      }
    }
  }
}
