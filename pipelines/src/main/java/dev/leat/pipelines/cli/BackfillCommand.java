package dev.leat.pipelines.cli;

import dev.leat.event.Json;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.backfill.Backfill;
import dev.leat.pipelines.backfill.Backfill.NothingToDoException;
import dev.leat.pipelines.backfill.BackfillOptions;
import dev.leat.pipelines.backfill.Report;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code leat backfill}. */
@Command(
    name = "backfill",
    description = {
      BackfillCommand.SUMMARY,
      "The rows gather on a branch of the table, in chunks that are never made twice; readers see nothing of it until it is published, whole.",
      "Run it again to go on where it was stopped."
    },
    footer = {
      "",
      "Examples, in the order of use:",
      "  leat backfill flights.yaml --source=lake:///warehouse/raw.flights --sink=lake:///warehouse/delays \\",
      "    --eventTimeStart=2001-01-01 --eventTimeEnd=2001-04-01 --dryRun --pricePerCoreHour=0.05",
      "  … --sampleFraction=0.01",
      "  … ",
      "  … --publish"
    })
final class BackfillCommand implements Callable<Integer> {
  static final String SUMMARY =
      "Makes a workflow's rows of a part of history again: plan, sample, full run, publish.";

  @Parameters(paramLabel = "WORKFLOW", description = "The workflow, a YAML file.")
  private Path workflow = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = RunCommand.SOURCE,
      paramLabel = "URI",
      description = "The raw table: lake:///warehouse/raw.events. Default: the workflow's source.")
  private @Nullable String source;

  @Option(
      names = RunCommand.SINK,
      paramLabel = "URI",
      description =
          "The table of the workflow's rows: lake:///warehouse/table. Default: the workflow's sink.")
  private @Nullable String sink;

  @Option(
      names = "--eventTimeStart",
      paramLabel = "TIME",
      required = true,
      description = "The first event time, ISO-8601: the begin of one of the table's partitions.")
  private String eventTimeStart = "";

  @Option(
      names = "--eventTimeEnd",
      paramLabel = "TIME",
      required = true,
      description = "The first event time after those to make.")
  private String eventTimeEnd = "";

  @Option(names = "--dryRun", description = "Only tells the plan, its time and its cost.")
  private boolean dryRun;

  @Option(
      names = "--sampleFraction",
      paramLabel = "NUMBER",
      description =
          "Only makes the rows of this share of the keys, above 0, at most 1, compares them with"
              + " those that are published and predicts the full run, whose time it tries on parts"
              + " of the range. Writes nothing but temporary files.")
  private @Nullable Double sampleFraction;

  @Option(
      names = "--publish",
      description = "Makes the rows what readers see, once all are there and the audit holds.")
  private boolean publish;

  @Option(
      names = "--rebase",
      description =
          "If others wrote into the table meanwhile: keeps what they wrote, makes again the chunks"
              + " that they touched, and publishes then. Needs --publish.")
  private boolean rebase;

  @Option(names = "--restart", description = "Begins anew, whatever there is of the backfill.")
  private boolean restart;

  @Option(
      names = "--emptyPartitions",
      description = "Lets partitions lose their rows for which the raw table has no events.")
  private boolean emptyPartitions;

  @Option(
      names = "--chunkRows",
      paramLabel = "NUMBER",
      defaultValue = "2000000",
      description = "Raw rows of a chunk, 1 or more; one partition is the least. Default: 2000000.")
  private long chunkRows = Backfill.CHUNK_ROWS;

  @Option(
      names = "--pricePerCoreHour",
      paramLabel = "NUMBER",
      description = "What a core costs an hour, to have the cost told.")
  private @Nullable Double pricePerCoreHour;

  @Option(
      names = "--cores",
      paramLabel = "NUMBER",
      description =
          "The cores that the runner uses, 1 or more, for time and cost. Default: those of this"
              + " machine.")
  private @Nullable Integer cores;

  @Option(
      names = "--deadLetters",
      paramLabel = "URI",
      description =
          "A table of the lake for the records that could not be used. Default: beside the sink,"
              + " named …_backfill_dead_letters.")
  private @Nullable String deadLetters;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    Backfill backfill = checked();
    try {
      Report report = report(backfill);
      if (job.isJson()) {
        job.tell(report.json());
      } else {
        job.out().print(report.text());
        job.out().flush();
      }
      return ExitCode.DONE;
    } catch (NothingToDoException e) {
      if (job.isJson()) {
        job.tell(Json.object().put("command", "backfill").put("nothing_to_do", e.getMessage()));
      } else {
        job.out().println(e.getMessage());
      }
      return ExitCode.NOTHING_TO_DO;
    }
  }

  private Report report(Backfill backfill) {
    OptionalDouble price =
        pricePerCoreHour == null ? OptionalDouble.empty() : OptionalDouble.of(pricePerCoreHour);
    int used = cores == null ? Runtime.getRuntime().availableProcessors() : cores;
    Consumer<String> progress = line -> job.err().println("leat: " + line);
    if (sampleFraction != null) {
      Launcher launcher = job.launcher("Sampling", passedThrough);
      return backfill.sample(launcher, sampleFraction, used, price, progress);
    }
    Launcher launcher = job.launcher("Backfilling", passedThrough);
    return dryRun
        ? backfill.plan(launcher.runner(), used, price)
        : backfill.run(
            launcher,
            new BackfillOptions(publish, rebase, restart, emptyPartitions, used),
            progress);
  }

  /** All problems at once. */
  private Backfill checked() {
    List<String> problems = new ArrayList<>();
    checkNumbers(problems);
    checkCombination(problems);
    Optional<Instant> start =
        gather(() -> TimeOption.parse("--eventTimeStart", eventTimeStart), problems);
    Optional<Instant> end =
        gather(() -> TimeOption.parse("--eventTimeEnd", eventTimeEnd), problems);
    Optional<TimeRange> range =
        start.isPresent() && end.isPresent()
            ? gather(() -> TimeRange.of(start.get(), end.get()), problems)
            : Optional.empty();
    Optional<ConnectorUri> letters = uri(deadLetters, problems);
    Optional<Workflow> parsed = gather(() -> WorkflowParser.parse(workflow), problems);
    Optional<ConnectorUri> from = uri(source, problems).or(() -> parsed.flatMap(Workflow::source));
    Optional<ConnectorUri> to = uri(sink, problems).or(() -> parsed.flatMap(Workflow::sink));
    if (problems.isEmpty()) {
      RunCommand.requireBoth(spec, from, to);
    }
    if (range.isPresent() && from.isPresent() && to.isPresent() && parsed.isPresent()) {
      Backfill backfill =
          Backfill.of(parsed.get(), from.get(), to.get(), letters, range.get(), chunkRows);
      gather(
          () -> {
            backfill.check();
            return backfill;
          },
          problems);
      if (problems.isEmpty()) {
        return backfill;
      }
    }
    throw new UsageException(problems);
  }

  private void checkNumbers(List<String> problems) {
    if (sampleFraction != null && !(sampleFraction > 0 && sampleFraction <= 1)) {
      problems.add("--sampleFraction: expected above 0, at most 1, got " + sampleFraction);
    }
    if (chunkRows < 1) {
      problems.add("--chunkRows: expected 1 or more, got " + chunkRows);
    }
    if (pricePerCoreHour != null && !(pricePerCoreHour >= 0 && pricePerCoreHour < 1e9)) {
      problems.add("--pricePerCoreHour: expected 0 or more, got " + pricePerCoreHour);
    }
    if (cores != null && cores < 1) {
      problems.add("--cores: expected 1 or more, got " + cores);
    }
  }

  private void checkCombination(List<String> problems) {
    if (sampleFraction != null && dryRun) {
      problems.add("--dryRun, --sampleFraction: expected one of them; a sample tells the plan too");
    }
    if ((sampleFraction != null || dryRun) && (publish || rebase || restart)) {
      problems.add(
          (dryRun ? "--dryRun" : "--sampleFraction")
              + ": expected neither --publish nor --rebase nor --restart with it, because it writes"
              + " nothing");
    } else if (rebase && !publish) {
      problems.add("--rebase: expected --publish with it");
    }
  }

  private static Optional<ConnectorUri> uri(@Nullable String text, List<String> problems) {
    return Optional.ofNullable(text)
        .flatMap(uri -> gather(() -> ConnectorUri.parse(uri), problems));
  }

  private static <T> Optional<T> gather(Supplier<T> value, List<String> problems) {
    try {
      return Optional.of(value.get());
    } catch (UsageException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }
}
