package dev.leat.pipelines.cli;

import dev.leat.health.Counters;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.quickstart.LiveQuickstart;
import dev.leat.pipelines.quickstart.LiveStory;
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
      QuickstartCommand.SUMMARY,
      "20,000 US flights are delivered as files out of order, with repeats and broken lines, ingested into a lake, and become a table of delays.",
      "With --live they come through a Kafka that it starts itself, and an hourly table follows them; Ctrl-C ends it with the ledger."
    },
    footer = {
      "",
      "Examples:",
      "  leat quickstart --runner=FlinkRunner",
      "  leat quickstart --live"
    })
final class QuickstartCommand implements Callable<Integer> {
  static final String SUMMARY = "The main job on real data, in under a minute.";

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

  @Option(
      names = "--live",
      description = "Live, from an embedded Kafka, on the FlinkRunner; takes about two minutes.")
  private boolean live;

  @Option(
      names = "--hoursPerSecond",
      paramLabel = "NUMBER",
      defaultValue = "20",
      description = "With --live, how fast time passes. Default: 20 hours of 2001 a second.")
  private double hoursPerSecond = 20;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    Path home = Path.of(System.getProperty("leat.home", ""));
    return live ? live(home) : fromFiles(home);
  }

  private int live(Path home) {
    if (!(hoursPerSecond > 0)) {
      throw new UsageException("--hoursPerSecond: expected more than 0, got " + hoursPerSecond);
    }
    LiveQuickstart quickstart =
        new LiveQuickstart(home, directory, seed, hoursPerSecond, this::liveLauncher);
    LiveStory story = new LiveStory(job.err(), job.isTerminal());
    LiveQuickstart.Moment last;
    try (Interrupt unused = Interrupt.calls(quickstart::stop)) {
      last = quickstart.run(story);
    }
    if (job.isJson()) {
      job.tell(
          Summary.of("quickstart")
              .fact("result", quickstart.table().toString())
              .count("sent", last.sent())
              .count("stored", last.stored())
              .count(Counters.DEAD_LETTERS, last.deadLetters())
              .count(Counters.REPEATS, last.repeats())
              .count(Counters.LATE, last.late())
              .count(Counters.USED, last.used())
              .count(Counters.ROWS, last.rows().size())
              .build());
    } else {
      story.tell(quickstart, last, job.out());
    }
    return last.balances() ? ExitCode.DONE : ExitCode.JOB_FAILED;
  }

  /** Two jobs share the machine, so each is small; a table that is watched is committed often. */
  private Launcher liveLauncher(String name) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--parallelism=1",
                "--checkpointingInterval=1000",
                "--stateBackendStoragePath="
                    + directory.toAbsolutePath().resolve("checkpoints").resolve(name).toUri()));
    options.addAll(passedThrough);
    return Launcher.of("FlinkRunner", options, job.silent());
  }

  private int fromFiles(Path home) {
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
