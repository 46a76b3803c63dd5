package dev.leat.io.files;

import dev.leat.block.RowBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * One run's files on their way into a folder: staged in a hidden folder beside it, then published.
 *
 * <p>Publishing is a sequence of steps, each safe to repeat: the manifest names the files of both
 * the former run and this one, and is not complete; each staged file is moved to its place, over
 * the former run's file of that name; the former run's other files are deleted; the manifest names
 * this run's files, and is complete. A run that stops in between is mended by the next one.
 *
 * @param target where the files are to be seen
 * @param runId unique for the run
 * @param schema of the rows
 * @param format of the files
 * @param properties for the manifest
 * @param alwaysAFile whether a result of no rows is one file without rows, or no file
 */
record Publication(
    Folder target,
    String runId,
    Schema schema,
    RowFormat format,
    Map<String, String> properties,
    boolean alwaysAFile)
    implements Serializable {

  /** Writes rows into a file of the staging folder; returns how many. */
  long stage(String name, Iterable<RowBlock> blocks) throws IOException {
    long rows = 0;
    try (OutputStream out = staging().create(name)) {
      FileIO.Sink<Row> file = format.file(schema);
      file.open(Channels.newChannel(out));
      for (RowBlock block : blocks) {
        for (Row row : block) {
          file.write(row);
          rows++;
        }
      }
      file.flush();
    }
    return rows;
  }

  /**
   * Makes the parts the content of the target. Does nothing if this run's are already.
   *
   * @throws IOException if a file is in the way that Leat did not write, or the file system fails
   */
  void publish(List<PartFile> parts) throws IOException {
    Optional<Manifest> former = manifest();
    boolean begun = former.isPresent() && former.get().runId().equals(runId);
    if (!begun || !former.get().complete()) {
      List<String> formerFiles = former.map(Manifest::files).orElse(List.of());
      Map<String, PartFile> files = new LinkedHashMap<>();
      withOneAtLeast(parts).forEach(part -> files.put(part.name(format.extension()), part));
      refuseForeignFiles(files.keySet(), formerFiles);

      Set<String> both = new LinkedHashSet<>(formerFiles);
      both.addAll(files.keySet());
      writeManifest(false, 0, both);
      for (Map.Entry<String, PartFile> file : files.entrySet()) {
        moveIntoPlace(file.getValue().staged(), file.getKey(), begun);
      }
      both.removeAll(files.keySet());
      for (String gone : both) {
        deleteFormer(gone);
      }
      long rows = files.values().stream().mapToLong(PartFile::rows).sum();
      writeManifest(true, rows, files.keySet());
    }
    removeStaging();
  }

  /** What the target says of itself; empty if it is new. */
  Optional<Manifest> manifest() throws IOException {
    Optional<byte[]> json = target.read(Manifest.NAME);
    return json.isEmpty() ? Optional.empty() : Optional.of(Manifest.parse(json.get()));
  }

  private Folder staging() {
    Folder parent = target.parent();
    if (parent == null) {
      throw new IllegalStateException(target.path() + " is no folder to write");
    }
    return parent.in("." + target.name() + ".staging-" + runId);
  }

  private List<PartFile> withOneAtLeast(List<PartFile> parts) throws IOException {
    if (!parts.isEmpty() || !alwaysAFile) {
      return parts;
    }
    String staged = UUID.randomUUID().toString();
    return List.of(PartFile.of(staged, "", 0, stage(staged, List.of())));
  }

  private void refuseForeignFiles(Set<String> files, List<String> formerFiles) throws IOException {
    for (String name : files) {
      if (!formerFiles.contains(name) && target.has(name)) {
        throw new IOException(
            target.path() + "/" + name + " is in the way, and was not written by Leat");
      }
    }
  }

  /**
   * @param begun whether an earlier attempt of this run may have moved it
   */
  private void moveIntoPlace(String staged, String name, boolean begun) throws IOException {
    if (staging().has(staged)) {
      staging().moveTo(staged, target, name);
    } else if (!begun || !target.has(name)) {
      throw new IOException(
          target.path() + "/" + name + " cannot be published: its staged file is gone");
    }
  }

  private void deleteFormer(String name) throws IOException {
    if (target.has(name)) {
      target.delete(name);
    }
    int slash = name.indexOf('/');
    if (slash > 0 && target.isLocal()) {
      try {
        Files.deleteIfExists(target.localPath().resolve(name.substring(0, slash)));
      } catch (DirectoryNotEmptyException e) {
        // It holds files of this run, or of somebody else.
      }
    }
  }

  private void writeManifest(boolean complete, long rows, Set<String> files) throws IOException {
    byte[] json = new Manifest(runId, complete, rows, new ArrayList<>(files), properties).toJson();
    String staged = "manifest-" + UUID.randomUUID();
    try (OutputStream out = staging().create(staged)) {
      out.write(json);
    }
    staging().moveTo(staged, target, Manifest.NAME);
  }

  private void removeStaging() throws IOException {
    Folder staging = staging();
    for (String file : staging.files()) {
      staging.delete(file);
    }
    if (staging.isLocal()) {
      Files.deleteIfExists(staging.localPath());
    }
  }
}
