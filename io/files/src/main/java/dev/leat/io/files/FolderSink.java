package dev.leat.io.files;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;

/**
 * A folder of part files: {@code part-00000.jsonl} for a result of up to 200,000 rows, more for
 * more, and the manifest {@code _leat.json} that names them.
 *
 * <p>A run replaces what a former run wrote there; other files are never touched, and a folder that
 * holds files but no manifest is refused. A result without rows is one file without rows (with
 * {@code partition=}: no file).
 *
 * <p>What a reader sees meanwhile: nothing of the run until all rows are written. Then, on a local
 * file system, each file is replaced at once, one after another, so a result of one file changes
 * from old to new in one step. A reader of several files can see some of both runs for the moment
 * this takes, or until the next run if the machine stops in it; {@code _leat.json} says {@code
 * "complete": false} for just that time, and names exactly the files of one run otherwise. Object
 * stores copy instead of renaming: the same holds, and the moment is longer.
 *
 * <p>A run that fails leaves its hidden folder {@code .NAME.staging-RUN} beside the target; it can
 * be deleted once the run is over. Two runs must not write to one folder at a time.
 */
record FolderSink(Publication publication, RowPartition partition) implements RowSink {
  private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /**
   * Checks the target, and writes nothing.
   *
   * @throws UsageException if the target is a file, or a folder with files that Leat did not write
   * @throws UnreachableException if it cannot be written
   */
  static FolderSink to(
      ConnectorUri uri, SinkRequest request, RowFormat format, RowPartition partition) {
    if (!RUN_ID.matcher(request.runId()).matches()) {
      throw new UsageException(
          "run id: expected up to 100 letters, digits, '.', '_' or '-', got " + request.runId());
    }
    String spec = FileListing.specOf(uri).replaceFirst("(?<=[^/:])/+$", "");
    if (spec.contains("*") || spec.contains("?")) {
      throw new UsageException(uri + ": expected a folder to write into, without wildcards");
    }
    Folder target = new Folder(spec);
    if (target.parent() == null) {
      throw new UsageException(uri + ": expected a folder below the root");
    }
    Publication publication =
        new Publication(
            target,
            request.runId(),
            request.schema(),
            format,
            request.properties(),
            partition == RowPartition.NONE);
    check(uri, publication);
    return new FolderSink(publication, partition);
  }

  private static void check(ConnectorUri uri, Publication publication) {
    try {
      if (publication.target().isLocal()) {
        checkLocal(uri, publication.target().localPath());
      }
      if (publication.manifest().isEmpty() && !isEmpty(publication.target())) {
        throw new UsageException(
            uri + " holds files that Leat did not write; expected a new or an empty folder");
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(uri + ": " + e.getMessage());
    } catch (IOException e) {
      throw new UnreachableException(uri + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static void checkLocal(ConnectorUri uri, Path target) {
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw new UsageException(uri + " is a file; expected a folder to write into");
    }
    // The staging folder stands beside the target, so what is above must be writable in any case.
    Path above = target.getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    if (above == null || !Files.isDirectory(above)) {
      throw new UsageException(uri + ": " + above + " is a file; expected a folder");
    }
    for (Path written : List.of(above, target)) {
      if (Files.exists(written) && !Files.isWritable(written)) {
        throw new UnreachableException(uri + ": " + written + " cannot be written");
      }
    }
  }

  private static boolean isEmpty(Folder target) throws IOException {
    if (!target.isLocal()) {
      return target.files().isEmpty();
    }
    if (!Files.exists(target.localPath())) {
      return true;
    }
    try (Stream<Path> found = Files.list(target.localPath())) {
      return found.findAny().isEmpty();
    }
  }

  @Override
  public PTransform<PCollection<RowBlock>, ? extends POutput> write() {
    return new WriteFolder(publication, partition, WriteFolder.ROWS_PER_FILE);
  }

  @Override
  public Optional<String> summary() {
    try {
      return publication
          .manifest()
          .filter(manifest -> manifest.runId().equals(publication.runId()))
          .map(
              manifest ->
                  String.format(
                      Locale.ROOT,
                      "%,d %s in %,d %s in %s",
                      manifest.rows(),
                      manifest.rows() == 1 ? "row" : "rows",
                      manifest.files().size(),
                      manifest.files().size() == 1 ? "file" : "files",
                      publication.target().path()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
