package dev.leat.pipelines.cli;

import dev.leat.pipelines.quickstart.Quickstart;
import dev.leat.pipelines.quickstart.Story;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code leat quickstart}. */
@Command(
    name = "quickstart",
    description = {
      "The main job on real data, in under a minute.",
      "20,000 US flights are delivered as files out of order, with repeats and broken lines, ingested into a lake, and become a table of delays."
    },
    footer = {"", "Example:", "  leat quickstart --runner=FlinkRunner"})
final class QuickstartCommand implements Callable<Integer> {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "leat-quickstart",
      description = "Where everything is put; made anew each time. Default: leat-quickstart.")
  private Path directory = Path.of("leat-quickstart");

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      defaultValue = "42",
      description = "Of disorder, repeats and broken lines. Default: 42.")
  private long seed = 42;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    Path home = Path.of(System.getProperty("leat.home", ""));
    Quickstart quickstart =
        new Quickstart(home, directory, seed, doing -> job.launcher(doing, passedThrough));
    Quickstart.Result result = quickstart.run();
    if (job.isJson()) {
      job.tell(result.summary());
    } else {
      new Story(quickstart, result, seed, job.out()).tell();
    }
    return result.balances() ? ExitCode.DONE : ExitCode.JOB_FAILED;
  }
}
