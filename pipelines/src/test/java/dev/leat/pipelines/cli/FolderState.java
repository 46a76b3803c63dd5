package dev.leat.pipelines.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All that lies in a folder, to see whether a command has touched it. */
public final class FolderState {
  private FolderState() {}

  /** Each path beneath, relative, and a word for its content. */
  public static Map<String, String> of(Path folder) {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.forEach(path -> state.put(folder.relativize(path).toString(), content(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return state;
  }

  private static String content(Path path) {
    try {
      return Files.isDirectory(path)
          ? "folder"
          : Files.size(path) + " bytes, " + Arrays.hashCode(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
