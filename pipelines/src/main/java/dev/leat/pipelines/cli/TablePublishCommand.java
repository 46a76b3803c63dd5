package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.TableBranches;
import dev.leat.io.spi.ConnectorUri;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table publish}. */
@Command(
    name = "publish",
    description = {
      "Makes what was written to a branch of a table what readers see, at once.",
      "Refused (exit code 3) if the table has moved since the branch was begun."
    },
    footer = {"", "Example:", "  leat table publish lake:///warehouse/delays fix"})
final class TablePublishCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "URI",
      description = "The table, such as lake:///warehouse/delays.")
  private String table = "";

  @Parameters(index = "1", paramLabel = "BRANCH", description = "The branch; history lists them.")
  private String branch = "";

  @Option(names = "--drop", description = "Drops the branch when it is published.")
  private boolean drop;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    TableBranches.Published published;
    try {
      published = TableBranches.publish(uri, branch);
    } catch (TableBranches.MovedException e) {
      output.err().println("leat: " + e.getMessage());
      output
          .err()
          .println("Write the branch again, on what the table has now, and publish it then.");
      return ExitCode.REFUSED;
    }
    if (drop) {
      TableBranches.drop(uri, branch);
    }
    if (output.isJson()) {
      ObjectNode node =
          Json.object()
              .put("command", "table publish")
              .put("table", uri.toString())
              .put("branch", branch)
              .put("snapshot", published.snapshotId());
      node.set("added", TableVersions.ids(published.added()));
      output.tell(node.put("dropped", drop));
    } else {
      output
          .out()
          .println(
              published.added().isEmpty()
                  ? uri + " has all of branch " + branch + " already."
                  : uri
                      + " is at snapshot "
                      + published.snapshotId()
                      + ", with "
                      + TableVersions.counted(published.added())
                      + " of branch "
                      + branch
                      + ".");
    }
    return ExitCode.DONE;
  }
}
