package dev.leat.pipelines.cli;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code leat run}. */
@Command(
    name = "run",
    description = {
      RunCommand.SUMMARY,
      "The rows replace what an earlier run left there, at once and whole: run it again and the"
          + " table is the same.",
      "A source without an end, as kafka:, is run live: rows appear as windows close and are"
          + " corrected while they may; Ctrl-C stops it."
    },
    footer = {
      "",
      "Examples:",
      "  leat run flights.yaml --source=lake:///warehouse/raw.flights"
          + " --sink=lake:///warehouse/delays",
      "  leat run flights.yaml --source=lake:///warehouse/raw.flights"
          + " --sink=lake:///warehouse/delays --incremental",
      "  leat run flights.yaml --source='flights/*.jsonl.gz' --sink=stdout:",
      "  leat run flights.yaml --source=kafka://localhost:9092/flights"
          + " --sink=lake:///warehouse/delays \\",
      "    --runner=FlinkRunner --stateBackendStoragePath=file:///var/lib/leat/checkpoints"
    })
final class RunCommand implements Callable<Integer> {
  static final String SUMMARY = "Runs a workflow from a source to a sink.";

  @Parameters(paramLabel = "WORKFLOW", description = "The workflow, a YAML file.")
  private Path workflow = Path.of("");

  @Option(
      names = "--source",
      paramLabel = "URI",
      required = true,
      description =
          "Where events come from: lake:///warehouse/raw.events, files:///dir/*.jsonl.gz,"
              + " parquet:///dir, kafka://host:port/topic. A path without a scheme names files.")
  private String source = "";

  @Option(
      names = "--sink",
      paramLabel = "URI",
      required = true,
      description =
          "Where rows go: lake:///warehouse/table, parquet:///dir, jsonl:///dir, csv:///dir,"
              + " jdbc:postgresql://host/db?table=name, kafka://host:port/topic, stdout:")
  private String sink = "";

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
              + " of the lake from the raw lake. With nothing new: exit code 20.")
  private boolean incremental;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    ConnectorUri to = ConnectorUri.parse(sink);
    boolean stdout = to.scheme().equals("stdout");
    if (stdout && job.isJson()) {
      throw new UsageException(
          "--output=json: expected another sink than stdout:, which keeps standard output for"
              + " rows");
    }
    RunJob run =
        RunJob.of(
            WorkflowParser.parse(workflow),
            AsOf.version(ConnectorUri.parse(source), asOf),
            to,
            Optional.ofNullable(deadLetters).map(ConnectorUri::parse),
            Optional.ofNullable(late).map(ConnectorUri::parse),
            range());
    if (incremental) {
      Launcher launcher = job.launcher("Running", passedThrough);
      Optional<Summary> done = run.runIncremental(launcher);
      done.ifPresent(this::notes);
      job.tell(done.orElseGet(() -> run.nothingNew(launcher)));
      return done.isPresent() ? ExitCode.DONE : ExitCode.NOTHING_TO_DO;
    }
    Summary summary = run.run(job.launcher("Running", passedThrough), job.attendant(passedThrough));
    notes(summary);
    job.tell(summary, stdout ? job.err() : job.out());
    return ExitCode.DONE;
  }

  private void notes(Summary summary) {
    summary.notes().forEach(note -> job.err().println("leat: " + note));
  }

  private Optional<TimeRange> range() {
    if (eventTimeStart == null && eventTimeEnd == null) {
      return Optional.empty();
    }
    TimeRange always = TimeRange.always();
    return Optional.of(
        TimeRange.of(
            time("--eventTimeStart", eventTimeStart, always.start()),
            time("--eventTimeEnd", eventTimeEnd, always.end())));
  }

  private static Instant time(String option, @Nullable String text, Instant otherwise) {
    return text == null ? otherwise : time(option, text);
  }

  /**
   * Reads the value of an option that is a time.
   *
   * @throws UsageException if it is none
   */
  static Instant time(String option, String text) {
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new UsageException(
          option
              + ": expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z, got '"
              + text
              + "'");
    }
  }
}
