package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.LakeTables;
import dev.leat.io.lake.TableVersion;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.pipelines.job.TextTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code leat table}. */
@Command(
    name = "table",
    description = "The versions of a table in the lake.",
    synopsisSubcommandLabel = "history",
    subcommands = TableCommand.History.class)
final class TableCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected: table history URI");
  }

  /** {@code leat table history}. */
  @Command(
      name = "history",
      description = "Lists the versions of a table, the newest first.",
      footer = {"", "Example:", "  leat table history lake:///warehouse/raw.flights"})
  static final class History implements Callable<Integer> {
    @Parameters(
        paramLabel = "URI",
        description = "The table, such as lake:///warehouse/raw.flights.")
    private String table = "";

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      List<TableVersion> versions = LakeTables.history(ConnectorUri.parse(table));
      if (output.isJson()) {
        output.out().println(json(versions));
      } else {
        output.out().print(text(versions));
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

    private static String json(List<TableVersion> versions) {
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
      return new String(Json.write(node), StandardCharsets.UTF_8);
    }
  }
}
