package dev.leat.pipelines.cli;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code leat run}. */
@Command(
    name = "run",
    description = {
      RunCommand.SUMMARY,
      "The rows replace what an earlier run left there, at once and whole: run it again and the"
          + " table is the same.",
      "A source without an end, as kafka:, is run live: rows appear as windows close and are"
          + " corrected while they may; Ctrl-C stops it.",
      "With --incremental also all workflows of a folder, each after the one whose table it reads."
    },
    footer = {
      "",
      "Examples:",
      "  leat run flights.yaml --source=lake:///warehouse/raw.flights"
          + " --sink=lake:///warehouse/delays",
      "  leat run flights.yaml --source=lake:///warehouse/raw.flights"
          + " --sink=lake:///warehouse/delays --incremental",
      "  leat run workflows/ --incremental",
      "  leat run flights.yaml --source='flights/*.jsonl.gz' --sink=stdout:",
      "  leat run flights.yaml --source=kafka://localhost:9092/flights"
          + " --sink=lake:///warehouse/delays \\",
      "    --runner=FlinkRunner --stateBackendStoragePath=file:///var/lib/leat/checkpoints"
    })
final class RunCommand implements Callable<Integer> {
  static final String SUMMARY = "Runs a workflow from a source to a sink.";

  static final String SOURCE = "--source";
  static final String SINK = "--sink";

  /** The options that are about one workflow. */
  private static final Set<String> OF_ONE =
      Set.of(
          SOURCE, SINK, "--deadLetters", "--late", "--eventTimeStart", "--eventTimeEnd", "--asOf");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WORKFLOW",
      description =
          "The workflow, a YAML file; with --incremental perhaps a folder of workflows, which say"
              + " source and sink themselves.")
  private Path workflow = Path.of("");

  @Option(
      names = SOURCE,
      paramLabel = "URI",
      description =
          "Where events come from: lake:///warehouse/raw.events, files:///dir/*.jsonl.gz,"
              + " parquet:///dir, kafka://host:port/topic. A path without a scheme names files."
              + " Default: the workflow's source.")
  private @Nullable String source;

  @Option(
      names = SINK,
      paramLabel = "URI",
      description =
          "Where rows go: lake:///warehouse/table, parquet:///dir, jsonl:///dir, csv:///dir,"
              + " jdbc:postgresql://host/db?table=name, kafka://host:port/topic, stdout:. Default: the workflow's"
              + " sink.")
  private @Nullable String sink;

  @Option(
      names = "--deadLetters",
      paramLabel = "URI",
      description =
          "A sink for the records that could not be used. Default: beside the sink, named"
              + " …_dead_letters; for stdout: none.")
  private @Nullable String deadLetters;

  @Option(
      names = "--late",
      paramLabel = "URI",
      description =
          "A sink for the events that a live run had no open window for. Default: beside the sink,"
              + " named …_late; for stdout and kafka: none.")
  private @Nullable String late;

  @Option(
      names = "--eventTimeStart",
      paramLabel = "TIME",
      description = "The first event time to take, ISO-8601: 2015-09-12 or 2015-09-12T13:00:00Z.")
  private @Nullable String eventTimeStart;

  @Option(
      names = "--eventTimeEnd",
      paramLabel = "TIME",
      description = "The first event time after those to take.")
  private @Nullable String eventTimeEnd;

  @Option(
      names = "--asOf",
      paramLabel = "VERSION",
      description =
          "Reads a lake: source as it was: a snapshot's id, a tag, a branch, or a time, ISO-8601,"
              + " for what readers saw then. Default: the current version.")
  private @Nullable String asOf;

  @Option(
      names = "--incremental",
      description =
          "Makes anew only the partitions that events were added to since the last run, of a table"
              + " of the lake from another one, raw or of rows. With nothing new: exit code 20.")
  private boolean incremental;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    if (incremental && Files.isDirectory(workflow)) {
      refuseBesideFolder();
      return new RunFolder(workflow, job, Failures.ofThisProcess()).run(passedThrough);
    }
    return runOne(WorkflowParser.parse(workflow));
  }

  private int runOne(Workflow parsed) {
    Optional<ConnectorUri> from = uri(source).or(parsed::source);
    Optional<ConnectorUri> into = uri(sink).or(parsed::sink);
    requireBoth(spec, from, into);
    ConnectorUri to = into.orElseThrow();
    PrintWriter out = job.outBesideRowsOf(to);
    RunJob run =
        RunJob.of(
            parsed,
            AsOf.version(from.orElseThrow(), asOf),
            to,
            uri(deadLetters),
            uri(late),
            TimeOption.range("--eventTime", eventTimeStart, eventTimeEnd));
    if (incremental) {
      Launcher launcher = job.launcher("Running", passedThrough);
      Optional<Summary> done = run.runIncremental(launcher);
      done.ifPresent(this::notes);
      job.tell(done.orElseGet(() -> run.nothingNew(launcher)));
      return done.isPresent() ? ExitCode.DONE : ExitCode.NOTHING_TO_DO;
    }
    Summary summary = run.run(job.launcher("Running", passedThrough), job.attendant(passedThrough));
    notes(summary);
    job.tell(summary, out);
    return ExitCode.DONE;
  }

  private static Optional<ConnectorUri> uri(@Nullable String text) {
    return Optional.ofNullable(text).map(ConnectorUri::parse);
  }

  /**
   * @throws MissingParameterException if the command line and the workflow say no source or no sink
   */
  static void requireBoth(
      CommandSpec spec, Optional<ConnectorUri> from, Optional<ConnectorUri> into) {
    List<ArgSpec> missing = new ArrayList<>();
    if (from.isEmpty()) {
      missing.add(spec.findOption(SOURCE));
    }
    if (into.isEmpty()) {
      missing.add(spec.findOption(SINK));
    }
    if (!missing.isEmpty()) {
      throw new MissingParameterException(spec.commandLine(), missing, "source or sink is missing");
    }
  }

  /** What is said of one workflow cannot be meant of all. */
  private void refuseBesideFolder() {
    List<String> given = new ArrayList<>();
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (OF_ONE.contains(option.longestName())) {
        given.add(option.longestName());
      }
    }
    if (!given.isEmpty()) {
      throw new UsageException(
          String.join(", ", given)
              + ": expected none with a folder, whose workflows say source and sink themselves");
    }
  }

  private void notes(Summary summary) {
    summary.notes().forEach(note -> job.err().println("leat: " + note));
  }
}
