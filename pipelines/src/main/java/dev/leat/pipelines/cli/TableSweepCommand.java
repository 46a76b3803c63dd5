package dev.leat.pipelines.cli;

import dev.leat.event.Json;
import dev.leat.io.lake.LakeTables;
import dev.leat.io.lake.OrphanFiles;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table sweep}. */
@Command(
    name = "sweep",
    description = {
      "Deletes files under a table's folder that no version refers to: what killed runs left.",
      "Live runs that go on from a checkpoint or savepoint older than that lack their files: they"
          + " stop, and are begun afresh."
    },
    footer = {
      "",
      "Example:",
      "  leat table sweep lake:///warehouse/raw.flights --olderThan=3d --dryRun"
    })
final class TableSweepCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URI",
      description =
          "The table, such as lake:///warehouse/raw.flights. Its dead letters are another.")
  private String table = "";

  @Option(
      names = "--olderThan",
      paramLabel = "DURATION",
      defaultValue = "3d",
      description =
          "The age of a file, 1h or more: above that of the longest run, and of the oldest"
              + " checkpoint or savepoint to go on from. Default: 3d.")
  private String olderThan = "3d";

  @Option(names = "--dryRun", description = "Only counts them.")
  private boolean dryRun;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    Duration age =
        Durations.option(
            "--olderThan", olderThan, Duration.ofHours(1), Duration.ofDays(36500), "1h or more");
    OrphanFiles files =
        dryRun ? LakeTables.findOrphans(uri, age) : LakeTables.sweepOrphans(uri, age);
    if (output.isJson()) {
      output.tell(
          Json.object()
              .put("command", "table sweep")
              .put("table", uri.toString())
              .put("older_than", olderThan)
              .put("dry_run", dryRun)
              .put("files", files.count())
              .put("bytes", files.bytes()));
    } else {
      output
          .out()
          .printf(
              Locale.ROOT,
              "%s %,d %s of %,d bytes that no version of %s refers to.%n",
              dryRun ? "Would delete" : "Deleted",
              files.count(),
              files.count() == 1 ? "file" : "files",
              files.bytes(),
              uri);
    }
    return ExitCode.DONE;
  }
}
