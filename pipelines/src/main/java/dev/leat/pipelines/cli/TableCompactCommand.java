package dev.leat.pipelines.cli;

import dev.leat.event.Json;
import dev.leat.io.lake.Compacted;
import dev.leat.io.lake.TableCompaction;
import dev.leat.io.spi.ConnectorUri;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table compact}. */
@Command(
    name = "compact",
    description = {
      "Makes few large files of many small ones; the rows stay as they are.",
      "Ingests and live runs may go on meanwhile. The small files go when the versions that have"
          + " them are expired. Exit code 20 if there are none."
    },
    footer = {"", "Example:", "  leat table compact lake:///warehouse/raw.flights --dryRun"})
final class TableCompactCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URI", description = "The table, raw or derived.")
  private String table = "";

  @Option(names = "--dryRun", description = "Only counts them.")
  private boolean dryRun;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    Compacted done = dryRun ? TableCompaction.find(uri) : TableCompaction.compact(uri);
    if (output.isJson()) {
      output.tell(
          Json.object()
              .put("command", "table compact")
              .put("table", uri.toString())
              .put("dry_run", dryRun)
              .put("partitions", done.partitions())
              .put("files", done.files())
              .put("files_written", done.written())
              .put("rows", done.rows())
              .put("bytes", done.bytes())
              .put("bytes_written", done.bytesWritten()));
    } else if (done.files() == 0) {
      output.out().println(uri + " has no small files that could be made into larger ones.");
    } else {
      output
          .out()
          .printf(
              Locale.ROOT,
              "%s %,d files of %,d bytes in %,d %s%s; %,d rows, unchanged.%n",
              dryRun ? "Would compact" : "Compacted",
              done.files(),
              done.bytes(),
              done.partitions(),
              done.partitions() == 1 ? "partition" : "partitions",
              dryRun
                  ? ""
                  : String.format(
                      Locale.ROOT, " into %,d of %,d bytes", done.written(), done.bytesWritten()),
              done.rows());
    }
    return done.files() == 0 ? ExitCode.NOTHING_TO_DO : ExitCode.DONE;
  }
}
