package dev.leat.io.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;
import org.jspecify.annotations.Nullable;

/** A folder on any of Beam's file systems; names are relative to it. */
record Folder(String path) implements Serializable {
  private static final String MIME_TYPE = MimeTypes.BINARY;

  /** The folder that holds this one, if it is no root. */
  @Nullable Folder parent() {
    int slash = path.lastIndexOf('/');
    if (slash < 0
        || path.length() == 1
        || path.endsWith(":/")
        || path.startsWith("://", slash - 2)) {
      return null;
    }
    return new Folder(slash == 0 ? "/" : path.substring(0, slash));
  }

  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  Folder in(String child) {
    return new Folder(fileName(child));
  }

  boolean isLocal() {
    return path.startsWith("/");
  }

  Path localPath() {
    return Path.of(path);
  }

  OutputStream create(String name) throws IOException {
    return Channels.newOutputStream(FileSystems.create(file(name), MIME_TYPE));
  }

  /** The whole of a small file. */
  Optional<byte[]> read(String name) throws IOException {
    try (InputStream in = Channels.newInputStream(FileSystems.open(file(name)))) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  boolean has(String name) throws IOException {
    // A local name may hold what Beam takes for a wildcard.
    if (isLocal()) {
      return Files.exists(localPath().resolve(name));
    }
    return !FileSystems.match(fileName(name), EmptyMatchTreatment.ALLOW).metadata().isEmpty();
  }

  /** Renames; on a local file system at once, in place of a file that may be there. */
  void moveTo(String name, Folder target, String newName) throws IOException {
    FileSystems.rename(List.of(file(name)), List.of(target.file(newName)));
  }

  void delete(String name) throws IOException {
    FileSystems.delete(List.of(file(name)));
  }

  /** Names of the files in it, not below. */
  List<String> files() throws IOException {
    if (isLocal()) {
      if (!Files.isDirectory(localPath())) {
        return List.of();
      }
      try (Stream<Path> found = Files.list(localPath())) {
        return found.filter(Files::isRegularFile).map(p -> p.getFileName().toString()).toList();
      }
    }
    return FileSystems.match(fileName("*"), EmptyMatchTreatment.ALLOW).metadata().stream()
        .map(MatchResult.Metadata::resourceId)
        .filter(file -> !file.isDirectory())
        .map(ResourceId::getFilename)
        .toList();
  }

  private String fileName(String name) {
    return path.equals("/") ? "/" + name : path + "/" + name;
  }

  private ResourceId file(String name) {
    return FileSystems.matchNewResource(fileName(name), false);
  }
}
