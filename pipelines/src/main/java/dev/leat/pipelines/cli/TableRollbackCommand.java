package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.io.lake.RolledBack;
import dev.leat.io.lake.TableRollback;
import dev.leat.io.lake.TableVersion;
import dev.leat.io.spi.ConnectorUri;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table rollback}. */
@Command(
    name = "rollback",
    description = {
      "Makes an earlier version of a table the one that readers see, at once; or a later one"
          + " again.",
      "Nothing is deleted: what is undone stays, and can be gone forward to, until it is expired. A"
          + " live run goes on with what is then current: stop it first if it must not."
    },
    footer = {
      "",
      "Examples:",
      "  leat table rollback lake:///warehouse/delays --to=before-fix",
      "  leat table rollback lake:///warehouse/delays --to=2015-09-12T13:00:00Z"
    })
final class TableRollbackCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URI", description = "The table, such as lake:///warehouse/delays.")
  private String table = "";

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      required = true,
      description =
          "A snapshot's id, a tag, or a time, which is what readers saw then. History lists them.")
  private String to = "";

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    RolledBack rolled = TableRollback.roll(uri, to);
    if (output.isJson()) {
      ObjectNode node =
          Json.object()
              .put("command", "table rollback")
              .put("table", uri.toString())
              .put("from", rolled.from().snapshotId())
              .put("to", rolled.to().snapshotId());
      node.set("undone", TableVersions.ids(rolled.undone()));
      node.set("redone", TableVersions.ids(rolled.redone()));
      output.tell(node.put("rows", rolled.to().rows()));
      return ExitCode.DONE;
    }
    output
        .out()
        .printf(
            Locale.ROOT,
            "%s is%s at snapshot %d of %s: %,d rows in %,d files.%n",
            uri,
            rolled.from().equals(rolled.to()) ? " already" : "",
            rolled.to().snapshotId(),
            rolled.to().time(),
            rolled.to().rows(),
            rolled.to().files());
    tell("undone", rolled.undone());
    tell("redone", rolled.redone());
    if (!rolled.undone().isEmpty()) {
      output
          .out()
          .println(
              "The way forward again: leat table rollback "
                  + uri
                  + " --to="
                  + rolled.from().snapshotId());
    }
    return ExitCode.DONE;
  }

  private void tell(String what, List<TableVersion> versions) {
    if (!versions.isEmpty()) {
      output.out().println("  " + what + " " + TableVersions.counted(versions));
    }
  }
}
