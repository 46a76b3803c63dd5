package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.LakeTables;
import dev.leat.io.lake.OrphanFiles;
import dev.leat.io.lake.TableVersion;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat table}. */
@Command(
    name = "table",
    description = TableCommand.SUMMARY,
    synopsisSubcommandLabel = "history|sweep",
    subcommands = {TableCommand.History.class, TableCommand.Sweep.class})
final class TableCommand implements Runnable {
  static final String SUMMARY = "The versions of a table in the lake, and what lies beside them.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "expected: table history URI or table sweep URI");
  }

  /** {@code leat table history}. */
  @Command(
      name = "history",
      description = "Lists the last versions of a table, the newest first.",
      footer = {"", "Example:", "  leat table history lake:///warehouse/raw.flights"})
  static final class History implements Callable<Integer> {
    @Parameters(
        paramLabel = "URI",
        description = "The table, such as lake:///warehouse/raw.flights.")
    private String table = "";

    @Option(
        names = "--limit",
        paramLabel = "NUMBER",
        defaultValue = "20",
        description = "How many at most, 1 or more. Default: 20.")
    private int limit = 20;

    @Option(names = "--all", description = "All that there are.")
    private boolean all;

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      if (limit < 1) {
        throw new UsageException("--limit: expected 1 or more, got " + limit);
      }
      List<TableVersion> versions = LakeTables.history(ConnectorUri.parse(table));
      int shown = all ? versions.size() : Math.min(limit, versions.size());
      int older = versions.size() - shown;
      if (output.isJson()) {
        output.tell(json(versions.subList(0, shown)).put("older", older));
      } else {
        output.out().print(text(versions.subList(0, shown)));
        if (older > 0) {
          output.out().printf(Locale.ROOT, "  and %,d older; --all shows them%n", older);
        }
      }
      return ExitCode.DONE;
    }

    private static TextTable text(List<TableVersion> versions) {
      TextTable text =
          new TextTable(
              "",
              "snapshot",
              "time",
              "operation",
              "added",
              "removed",
              "rows",
              "files",
              "workflow",
              "run");
      for (TableVersion version : versions) {
        text.add(
            version.current() ? "*" : "",
            Long.toString(version.snapshotId()),
            version.time().toString(),
            version.operation(),
            String.format(Locale.ROOT, "%,d", version.rowsAdded()),
            String.format(Locale.ROOT, "%,d", version.rowsRemoved()),
            String.format(Locale.ROOT, "%,d", version.rows()),
            String.format(Locale.ROOT, "%,d", version.files()),
            version.workflow().orElse(""),
            version.runId().orElse(""));
      }
      return text;
    }

    private static ObjectNode json(List<TableVersion> versions) {
      ObjectNode node = Json.object().put("command", "table history");
      ArrayNode array = node.putArray("versions");
      for (TableVersion version : versions) {
        array
            .addObject()
            .put("snapshot", version.snapshotId())
            .put("time", version.time().toString())
            .put("operation", version.operation())
            .put("rows_added", version.rowsAdded())
            .put("rows_removed", version.rowsRemoved())
            .put("rows", version.rows())
            .put("files", version.files())
            .put("workflow", version.workflow().orElse(null))
            .put("run", version.runId().orElse(null))
            .put("current", version.current());
      }
      return node;
    }
  }

  /** {@code leat table sweep}. */
  @Command(
      name = "sweep",
      description = {
        "Deletes files under a table's folder that no version refers to: what killed runs left.",
        "Live runs that go on from a checkpoint or savepoint older than that lack their files: they stop, and are begun afresh."
      },
      footer = {
        "",
        "Example:",
        "  leat table sweep lake:///warehouse/raw.flights --olderThan=3d --dryRun"
      })
  static final class Sweep implements Callable<Integer> {
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
}
