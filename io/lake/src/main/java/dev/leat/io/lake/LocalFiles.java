package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/**
 * Files on a local disk. Iceberg's {@code HadoopFileIO} would leave a {@code .crc} file beside each
 * and has no rename, which is how a finished file gets its place here.
 */
final class LocalFiles implements FileIO {
  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "file:";

  @Override
  public InputFile newInputFile(String location) {
    return org.apache.iceberg.Files.localInput(path(location).toFile());
  }

  @Override
  public OutputFile newOutputFile(String location) {
    Path path = path(location);
    OutputFile file = org.apache.iceberg.Files.localOutput(path.toFile());
    return new OutputFile() {
      @Override
      public PositionOutputStream create() {
        createFolder(path);
        return new BufferedPosition(file.create());
      }

      @Override
      public PositionOutputStream createOrOverwrite() {
        createFolder(path);
        return new BufferedPosition(file.createOrOverwrite());
      }

      @Override
      public String location() {
        return location;
      }

      @Override
      public InputFile toInputFile() {
        return newInputFile(location);
      }
    };
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.delete(path(location));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "No such file: %s", location);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Moves a finished file to its place, at once. Does nothing if it is there already, so that it
   * can be retried.
   */
  void publish(String staged, String location) {
    Path from = path(staged);
    Path to = path(location);
    if (!Files.exists(from) && Files.exists(to)) {
      return;
    }
    createFolder(to);
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot move a finished file to " + location, e);
    }
  }

  static Path path(String location) {
    return Path.of(location.startsWith(SCHEME) ? location.substring(SCHEME.length()) : location);
  }

  /** Iceberg's own does so too, but fails when another writer makes the folder at that moment. */
  private static void createFolder(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create the folder of " + file, e);
    }
  }
}
