package dev.leat.pipelines.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import dev.leat.pipelines.job.Summary;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How and where a command tells what it has found or done. */
class OutputOptions {
  /** The forms there are. */
  enum Output {
    TEXT,
    JSON
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How the result is told; json prints one object on standard output.")
  private Output output = Output.TEXT;

  final boolean isJson() {
    return output == Output.JSON;
  }

  final PrintWriter out() {
    return command.commandLine().getOut();
  }

  final PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** Prints one JSON object. */
  final void tell(ObjectNode node) {
    out().println(new String(Json.write(node), StandardCharsets.UTF_8));
  }

  final void tell(Summary summary) {
    tell(summary, out());
  }

  final void tell(Summary summary, PrintWriter where) {
    if (isJson()) {
      where.println(summary.toJson());
    } else {
      where.print(summary.toText());
    }
  }
}
