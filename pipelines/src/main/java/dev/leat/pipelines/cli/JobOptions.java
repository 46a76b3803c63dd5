package dev.leat.pipelines.cli;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Progress;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Option;

/** What every command that runs a job has. */
final class JobOptions extends OutputOptions {
  @Option(
      names = "--runner",
      paramLabel = "NAME",
      defaultValue = "DirectRunner",
      description =
          "DirectRunner (default) or FlinkRunner, embedded unless --flinkMaster is given."
              + " Other options of Beam and of the runner pass through.")
  private String runner = "DirectRunner";

  /**
   * @param doing what the progress line calls it
   * @param passedThrough arguments for Beam and the runner. Picocli fills an {@code @Unmatched}
   *     list only in the command itself, not in a mixin.
   */
  Launcher launcher(String doing, List<String> passedThrough) {
    return Launcher.of(
        runner, passedThrough, new Progress(err(), isTerminal() && !isJson(), doing));
  }

  /** For jobs that are shown in another way. */
  Progress silent() {
    return new Progress(err(), false, "");
  }

  /**
   * Where a job's summary is told: on standard output, unless its sink has that for rows.
   *
   * @throws UsageException if the summary was to be JSON on standard output then
   */
  PrintWriter outBesideRowsOf(ConnectorUri sink) {
    if (!sink.scheme().equals("stdout")) {
      return out();
    }
    if (isJson()) {
      throw new UsageException(
          "--output=json: expected another sink than stdout:, which keeps standard output for"
              + " rows");
    }
    return err();
  }

  /** Whether what is written to standard error can be written over. */
  boolean isTerminal() {
    return Boolean.getBoolean("leat.terminal");
  }

  /**
   * Who stays with a live run.
   *
   * @param passedThrough of which {@code --attachedMode=false} says that nobody does
   */
  Attendant attendant(List<String> passedThrough) {
    if (!passedThrough.contains("--attachedMode=false")) {
      return new UntilInterrupted(err());
    }
    if (passedThrough.stream().noneMatch(option -> option.startsWith("--flinkMaster="))) {
      throw new UsageException(
          "--attachedMode=false: expected --flinkMaster=HOST:PORT with it, because the embedded"
              + " cluster ends with this process");
    }
    return new Detached(err());
  }
}
