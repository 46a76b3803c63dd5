package dev.leat.pipelines.cli;

import dev.leat.deadletter.Reason;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.replay.ReplayFilter;
import dev.leat.pipelines.replay.ReplayJob;
import dev.leat.pipelines.workflow.WorkflowParser;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code leat replay}. */
@Command(
    name = "replay",
    description = {
      ReplayCommand.SUMMARY,
      "Into a log their bytes go as they were; through a workflow, records that could not be read"
          + " by its former version become events. Their identity is kept, so what comes twice is a"
          + " repeat and dropped downstream. Exit code 20 if there is nothing of the kind."
    },
    footer = {
      "",
      "Examples:",
      "  leat replay --source=lake:///warehouse/raw.flights_dead_letters --reason=missing-field \\",
      "    --sink=kafka://localhost:9092/flights --rate=500/s",
      "  leat replay flights.yaml --source=lake:///warehouse/raw.flights_dead_letters \\",
      "    --sink=lake:///warehouse/raw.flights",
      "  leat replay flights.yaml --source=lake:///warehouse/raw.flights --tenant=AA \\",
      "    --eventTimeStart=2001-01-05 --eventTimeEnd=2001-01-06"
          + " --sink=kafka://localhost:9092/flights"
    })
final class ReplayCommand implements Callable<Integer> {
  static final String SUMMARY = "Takes events of the raw lake, or dead letters, once more.";

  private static final Pattern RATE =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(?:/(s|m|h))?");
  private static final int MOST_ATTEMPTS = 1000;

  @Parameters(
      paramLabel = "WORKFLOW",
      arity = "0..1",
      description =
          "Its 'events' section says how the records are read. Without one, events go into a log as"
              + " CloudEvents.")
  private @Nullable Path workflow;

  @Option(
      names = "--source",
      paramLabel = "URI",
      required = true,
      description =
          "A raw table, or one of dead letters: lake:///warehouse/raw.events_dead_letters.")
  private String source = "";

  @Option(
      names = "--sink",
      paramLabel = "URI",
      required = true,
      description =
          "A log, kafka://host:port/topic; or with a workflow a raw table,"
              + " lake:///warehouse/raw.events, or jsonl:, csv:, parquet: or stdout: for the rows"
              + " of these records alone.")
  private String sink = "";

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
      names = "--ingestTimeStart",
      paramLabel = "TIME",
      description = "The first time of ingest to take; dead letters have no other.")
  private @Nullable String ingestTimeStart;

  @Option(
      names = "--ingestTimeEnd",
      paramLabel = "TIME",
      description = "The first time of ingest after those to take.")
  private @Nullable String ingestTimeEnd;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      split = ",",
      description = "Only events of these tenants.")
  private List<String> tenants = new ArrayList<>();

  @Option(
      names = "--type",
      paramLabel = "NAME",
      split = ",",
      description = "Only events of these types.")
  private List<String> types = new ArrayList<>();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      split = ",",
      description =
          "Only dead letters of these reasons: malformed, missing-field, invalid-value, expression,"
              + " lookup-miss.")
  private List<String> reasons = new ArrayList<>();

  @Option(
      names = "--maxAttempts",
      paramLabel = "NUMBER",
      defaultValue = "3",
      description = "How often a dead letter is replayed at most, 1 to 1000. Default: 3.")
  private int maxAttempts = 3;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER/s",
      description = "How many records go into the log in a second (/s), minute (/m) or hour (/h).")
  private @Nullable String rate;

  @Option(
      names = "--asOf",
      paramLabel = "VERSION",
      description = "Reads the source as it was: a snapshot's id, a tag, a branch or a time.")
  private @Nullable String asOf;

  @Option(names = "--dryRun", description = "Only counts.")
  private boolean dryRun;

  @Mixin private JobOptions job = new JobOptions();

  @Unmatched private List<String> passedThrough = new ArrayList<>();

  @Override
  public Integer call() {
    ConnectorUri to = ConnectorUri.parse(sink);
    PrintWriter out = job.outBesideRowsOf(to);
    if (maxAttempts < 1 || maxAttempts > MOST_ATTEMPTS) {
      throw new UsageException("--maxAttempts: expected 1 to 1000, got " + maxAttempts);
    }
    ReplayJob.Builder replay =
        ReplayJob.builder()
            .workflow(Optional.ofNullable(workflow).map(WorkflowParser::parse))
            .source(AsOf.version(ConnectorUri.parse(source), asOf))
            .sink(to)
            .eventTime(TimeOption.range("--eventTime", eventTimeStart, eventTimeEnd))
            .filter(
                ReplayFilter.ALL
                    .withTenants(Set.copyOf(tenants))
                    .withTypes(Set.copyOf(types))
                    .withReasons(reasons())
                    .withIngestTime(
                        TimeOption.range("--ingestTime", ingestTimeStart, ingestTimeEnd)))
            .maxAttempts(maxAttempts)
            .perSecond(perSecond());
    if (dryRun) {
      replay = replay.dry();
    }
    ReplayJob.Outcome outcome =
        replay.build().run(job.launcher(dryRun ? "Counting" : "Replaying", passedThrough));
    Summary summary = outcome.summary();
    job.tell(summary, out);
    return outcome.isNothing() ? ExitCode.NOTHING_TO_DO : ExitCode.DONE;
  }

  private Set<Reason> reasons() {
    Set<Reason> known = new LinkedHashSet<>();
    for (String code : reasons) {
      try {
        known.add(Reason.ofCode(code));
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            "--reason: expected some of "
                + Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.joining(", "))
                + ", got '"
                + code
                + "'");
      }
    }
    return known;
  }

  private OptionalDouble perSecond() {
    if (rate == null) {
      return OptionalDouble.empty();
    }
    Matcher matcher = RATE.matcher(rate);
    double number = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (number <= 0) {
      throw new UsageException(
          "--rate: expected a number above 0 and its unit, such as 500/s, got '" + rate + "'");
    }
    String unit = matcher.group(2);
    return OptionalDouble.of(
        "m".equals(unit) ? number / 60 : "h".equals(unit) ? number / 3600 : number);
  }
}
