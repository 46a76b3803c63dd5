package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.LakeTables;
import dev.leat.io.lake.TableVersion;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table history}. */
@Command(
    name = "history",
    description = {
      "Lists the last versions of a table, the newest first.",
      "* is what readers see, - was rolled back; names are tags and branches; read is the version"
          + " of the source, or the source."
    },
    footer = {"", "Example:", "  leat table history lake:///warehouse/raw.flights"})
final class TableHistoryCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URI", description = "The table, such as lake:///warehouse/raw.flights.")
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
            "names",
            "workflow",
            "version",
            "read",
            "run");
    for (TableVersion version : versions) {
      text.add(
          version.current() ? "*" : version.rolledBack() ? "-" : "",
          Long.toString(version.snapshotId()),
          version.time().toString(),
          version.operation(),
          String.format(Locale.ROOT, "%,d", version.rowsAdded()),
          String.format(Locale.ROOT, "%,d", version.rowsRemoved()),
          String.format(Locale.ROOT, "%,d", version.rows()),
          String.format(Locale.ROOT, "%,d", version.files()),
          Stream.concat(version.tags().stream(), version.branches().stream())
              .collect(Collectors.joining(", ")),
          version.workflow().orElse(""),
          version.workflowVersion().orElse(""),
          version.inputSnapshot().or(version::source).orElse(""),
          version.runId().orElse(""));
    }
    return text;
  }

  private static ObjectNode json(List<TableVersion> versions) {
    ObjectNode node = Json.object().put("command", "table history");
    ArrayNode array = node.putArray("versions");
    versions.forEach(version -> array.add(TableVersions.json(version)));
    return node;
  }
}
