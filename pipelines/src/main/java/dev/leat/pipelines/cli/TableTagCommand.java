package dev.leat.pipelines.cli;

import dev.leat.event.Json;
import dev.leat.io.lake.TableTags;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat table tag}. */
@Command(
    name = "tag",
    description = {
      "Gives a version of a table a name, by which it is found again.",
      "A version that has a tag is never expired."
    },
    footer = {
      "",
      "Examples:",
      "  leat table tag lake:///warehouse/delays before-fix",
      "  leat table tag lake:///warehouse/delays before-fix --drop"
    })
final class TableTagCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "URI",
      description = "The table, such as lake:///warehouse/delays.")
  private String table = "";

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "A letter, then up to 99 letters, digits, '_', '.' or '-'.")
  private String name = "";

  @Option(
      names = "--snapshot",
      paramLabel = "VERSION",
      description = "A snapshot's id, a tag, a branch or a time. Default: the current version.")
  private @Nullable String snapshot;

  @Option(names = "--drop", description = "Takes the name away; the version stays for now.")
  private boolean drop;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    ConnectorUri uri = ConnectorUri.parse(table);
    if (drop && snapshot != null) {
      throw new UsageException("--drop, --snapshot: expected one of them, not both");
    }
    long id =
        drop ? TableTags.drop(uri, name) : TableTags.set(uri, name, Optional.ofNullable(snapshot));
    if (output.isJson()) {
      output.tell(
          Json.object()
              .put("command", "table tag")
              .put("table", uri.toString())
              .put("tag", name)
              .put("snapshot", id)
              .put("dropped", drop));
    } else {
      output
          .out()
          .println(
              drop
                  ? "Dropped tag " + name + " of snapshot " + id + " of " + uri + "."
                  : name + " is snapshot " + id + " of " + uri + ".");
    }
    return ExitCode.DONE;
  }
}
