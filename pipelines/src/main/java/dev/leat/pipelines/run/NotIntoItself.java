package dev.leat.pipelines.run;

import dev.leat.io.lake.LakeTable;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.UsageException;
import java.nio.file.Path;
import java.util.Set;

/** What a run replaces must not be, or hold, what it reads. */
final class NotIntoItself {
  private static final Set<String> FOLDERS = Set.of("jsonl", "csv", "parquet");

  private NotIntoItself() {}

  /** Whether a sink is the very table that is read; nothing is opened. */
  static boolean isSameTable(ConnectorUri source, ConnectorUri sink) {
    return source.scheme().equals("lake")
        && sink.scheme().equals("lake")
        && LakeTable.parse(source).equals(LakeTable.parse(sink));
  }

  /**
   * @throws UsageException if the sink is a folder with a file of the source
   */
  static void check(Source source, ConnectorUri sink) {
    if (!(source instanceof Source.OfFiles) || !FOLDERS.contains(sink.scheme())) {
      return;
    }
    for (InputFile file : ((Source.OfFiles) source).files()) {
      if (isIn(file.name(), sink)) {
        throw new UsageException(
            sink + ": expected another folder than that of the source, which has " + file.name());
      }
    }
  }

  private static boolean isIn(String file, ConnectorUri folder) {
    if (folder.isRemote()) {
      return file.startsWith(folder.path().replaceFirst("/*$", "/"));
    }
    Path path = Path.of(folder.path()).toAbsolutePath().normalize();
    return !file.contains("://") && Path.of(file).toAbsolutePath().normalize().startsWith(path);
  }
}
