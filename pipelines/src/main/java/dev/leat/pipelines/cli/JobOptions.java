package dev.leat.pipelines.cli;

import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import dev.leat.pipelines.job.Summary;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** What every command that runs a job has. */
final class JobOptions {
  /** How a summary is told. */
  enum Output {
    TEXT,
    JSON
  }

  @Option(
      names = "--runner",
      paramLabel = "NAME",
      defaultValue = "DirectRunner",
      description =
          "DirectRunner (default) or FlinkRunner, embedded unless --flinkMaster is given."
              + " Other options of Beam and of the runner pass through.")
  String runner = "DirectRunner";

  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How the summary is told; json prints one object on standard output.")
  Output output = Output.TEXT;

  @Unmatched List<String> passedThrough = new ArrayList<>();

  Launcher launcher(String doing) {
    return Launcher.of(runner, passedThrough, progress(doing));
  }

  private Progress progress(String doing) {
    boolean terminal = Boolean.getBoolean("leat.terminal") && output == Output.TEXT;
    return Progress.onTerminal(System.err, terminal, doing);
  }

  void tell(Summary summary, PrintStream out) {
    if (output == Output.JSON) {
      out.println(summary.toJson());
    } else {
      out.print(summary.toText());
    }
  }
}
