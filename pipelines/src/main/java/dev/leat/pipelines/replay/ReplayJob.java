package dev.leat.pipelines.replay;

import com.google.auto.value.AutoValue;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.ingest.Mapping;
import dev.leat.io.lake.LiveReport;
import dev.leat.io.lake.RawLake;
import dev.leat.io.lake.StoredLetters;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LogMessage;
import dev.leat.io.spi.LogSink;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.run.RunJob;
import dev.leat.pipelines.run.WorkflowOutput;
import dev.leat.pipelines.run.WorkflowTransform;
import dev.leat.pipelines.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Takes events of the raw lake, or dead letters, once more: their bytes as they were into the log,
 * or through a workflow into a raw table or to rows.
 *
 * <p>Identity is kept, so downstream the copies are repeats. Into a log each run appends again;
 * into a raw table each record, and each attempt of a dead letter, goes once, however often it is
 * run, whatever crashes or runs beside it.
 */
@AutoValue
public abstract class ReplayJob {
  /** Sinks of the rows of a workflow; of what was replayed these are a part of the result only. */
  private static final Set<String> ROWS = Set.of("stdout", "jsonl", "csv", "parquet");

  abstract Optional<Workflow> workflow();

  abstract ConnectorUri source();

  abstract ConnectorUri sink();

  abstract Optional<TimeRange> eventTime();

  abstract ReplayFilter filter();

  abstract int maxAttempts();

  abstract OptionalDouble perSecond();

  abstract boolean isDry();

  public static Builder builder() {
    return new AutoValue_ReplayJob.Builder()
        .workflow(Optional.empty())
        .eventTime(Optional.empty())
        .filter(ReplayFilter.ALL)
        .maxAttempts(3)
        .perSecond(OptionalDouble.empty())
        .isDry(false);
  }

  /** Sets a replay up. */
  @AutoValue.Builder
  public abstract static class Builder {
    /** What the records go through, or, into a log, what they are to be read by. */
    public abstract Builder workflow(Optional<Workflow> workflow);

    /** A raw table, or one of dead letters. */
    public abstract Builder source(ConnectorUri source);

    /** A log; or with a workflow a raw table, or a sink of rows. */
    public abstract Builder sink(ConnectorUri sink);

    /** Only events of this range; not for dead letters, which have no time. */
    public abstract Builder eventTime(Optional<TimeRange> range);

    public abstract Builder filter(ReplayFilter filter);

    /** How often a dead letter is replayed at most, 1 or more; default 3. */
    public abstract Builder maxAttempts(int maxAttempts);

    /** How many records a log is given in a second; empty for as many as can be. */
    public abstract Builder perSecond(OptionalDouble perSecond);

    /** Only counts. */
    abstract Builder isDry(boolean isDry);

    public final Builder dry() {
      return isDry(true);
    }

    public abstract ReplayJob build();
  }

  /**
   * Replays.
   *
   * @return what was done; empty if nothing is of the kind that was asked for
   * @throws UsageException if the job cannot be
   * @throws dev.leat.io.spi.UnreachableException if the source or sink is not there
   * @throws dev.leat.pipelines.job.JobFailedException if it fails on the way
   */
  public Outcome run(Launcher launcher) {
    String runId = RunId.next();
    Optional<StoredLetters> letters = letters();
    check(letters.isPresent());
    Optional<LogSink> log = isLog() ? Optional.of(Connectors.load().log(sink())) : Optional.empty();
    Optional<RawLake> raw = isRaw() ? Optional.of(RawLake.of(partitioned())) : Optional.empty();
    Pipeline pipeline = launcher.newPipeline("leat-replay");
    if (letters.isPresent()) {
      PCollection<DeadLetter> chosen =
          pipeline
              .apply("Read", letters.get().read())
              .apply("Choose", new ChooseLetters(filter(), maxAttempts(), takesPayloads()));
      if (isDry()) {
        return outcome(launcher.run(pipeline), runId, launcher, Optional.empty());
      }
      if (log.isPresent()) {
        append(
            chosen.apply("To messages", ParDo.of(new Records.LettersAsMessages(runId))), log.get());
      } else {
        through(
            chosen
                .apply("To records", ParDo.of(new Records.OfLetters(origin())))
                .setCoder(RecordBlockCoder.of()),
            runId,
            raw);
      }
    } else {
      PCollection<EventBlock> chosen =
          events(pipeline)
              .apply("Choose", ParDo.of(new ChooseEvents(filter())))
              .setCoder(EventBlockCoder.of());
      if (isDry()) {
        return outcome(launcher.run(pipeline), runId, launcher, Optional.empty());
      }
      if (log.isPresent()) {
        append(
            chosen.apply("To messages", ParDo.of(new Records.EventsAsMessages(runId, mapping()))),
            log.get());
      } else {
        through(
            chosen
                .apply("To records", ParDo.of(new Records.OfEvents(mapping(), origin())))
                .setCoder(RecordBlockCoder.of()),
            runId,
            raw);
      }
    }
    Counts counts = launcher.run(pipeline);
    return outcome(counts, runId, launcher, raw.flatMap(lake -> lake.committedLive(runId)));
  }

  /**
   * What a replay did.
   *
   * @param isNothing whether nothing was of the kind that was asked for, or all is in the raw table
   *     already
   */
  public record Outcome(Summary summary, boolean isNothing) {}

  private Optional<StoredLetters> letters() {
    if (!source().scheme().equals("lake")) {
      throw new UsageException(
          "--source: expected a raw table or one of dead letters, such as"
              + " lake:///warehouse/raw.events, got '"
              + source()
              + "'");
    }
    return StoredLetters.find(source());
  }

  private void check(boolean isOfLetters) {
    List<String> problems = new ArrayList<>();
    if (isOfLetters && (filter().asksForTenantsOrTypes() || eventTime().isPresent())) {
      problems.add(
          "--source: is of dead letters, which have no tenant, type or event time yet; expected"
              + " --reason, --ingestTimeStart or --ingestTimeEnd instead");
    }
    if (!isOfLetters && filter().asksForReasons()) {
      problems.add("--reason: expected a source of dead letters, got '" + source() + "'");
    }
    if (!isLog() && perSecond().isPresent()) {
      problems.add("--rate: expected a log as the sink, whose readers it protects");
    }
    if (!isLog() && workflow().isEmpty()) {
      problems.add(
          "WORKFLOW: expected one, whose events section reads the records, for the sink '"
              + sink()
              + "'; only a log takes them as they are");
    }
    if (!isLog() && !isRaw() && !ROWS.contains(sink().scheme())) {
      problems.add(
          "--sink: expected a log, a raw table, or jsonl:, csv:, parquet: or stdout:, got '"
              + sink()
              + "', which holds whole results: replay into the raw table, then run the workflow");
    }
    if (mapping().format() == Mapping.Format.CSV && (isLog() || isOfLetters)) {
      problems.add(
          "WORKFLOW: reads CSV by the names in a header, which "
              + (isLog() ? "a message" : "a dead letter")
              + " does not have; expected header: false in the events section, or to ingest the"
              + " files again");
    }
    if (isRaw() && sink().withoutParameters().equals(source().withoutParameters())) {
      problems.add("--sink: expected another table than the source");
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
  }

  private boolean isLog() {
    return sink().scheme().equals("kafka");
  }

  private boolean isRaw() {
    return sink().scheme().equals("lake");
  }

  private Mapping mapping() {
    return workflow().map(Workflow::mapping).orElseGet(Mapping::cloudEvents);
  }

  /** A CloudEvent is more than its payload. */
  private boolean takesPayloads() {
    return workflow().isPresent() && mapping().format() != Mapping.Format.CLOUDEVENTS;
  }

  private String origin() {
    return source().withoutParameters();
  }

  private ConnectorUri partitioned() {
    return workflow()
        .flatMap(Workflow::lakePartition)
        .map(partition -> sink().withDefault("partition", String.join(",", partition)))
        .orElse(sink());
  }

  private PCollection<EventBlock> events(Pipeline pipeline) {
    SourceRequest request =
        eventTime()
            .map(range -> SourceRequest.defaults().withEventTime(range))
            .orElseGet(SourceRequest::defaults);
    Source.OfEvents events = (Source.OfEvents) Connectors.load().source(source(), request);
    return pipeline.apply("Read", events.read());
  }

  private void append(PCollection<LogMessage> messages, LogSink log) {
    messages
        .setCoder(LogMessage.LogMessageCoder.of())
        .apply("Into the log", log.append(perSecond()));
  }

  private void through(PCollection<RecordBlock> records, String runId, Optional<RawLake> raw) {
    Workflow through = workflow().orElseThrow();
    List<PCollection<DeadLetter>> failures = new ArrayList<>();
    PCollection<EventBlock> events = Events.parse(records, through, failures);
    if (raw.isPresent()) {
      events.apply(
          "Ingest",
          raw.get()
              .ingestLive(runId, Duration.ofSeconds(1))
              .withDeadLetters(
                  PCollectionList.of(failures).apply("Dead letters", Flatten.pCollections()))
              .withProperties(properties(through)));
      return;
    }
    WorkflowTransform transform = WorkflowTransform.of(through, Optional.empty());
    RowSink rows =
        Connectors.load()
            .sink(
                sink(),
                SinkRequest.of(runId, transform.schema(), Optional.empty(), properties(through)));
    WorkflowOutput result = events.apply("Workflow", transform);
    result.rows().apply("Write", rows.write());
  }

  private Map<String, String> properties(Workflow through) {
    return Map.of(
        "workflow", through.name(), "workflow-version", through.version(), "source", origin());
  }

  private Outcome outcome(
      Counts counts, String runId, Launcher launcher, Optional<LiveReport> report) {
    long replayed = counts.of(ReplayCounters.REPLAYED);
    long stored = report.map(LiveReport::stored).orElse(0L);
    long refused = report.map(LiveReport::deadLetters).orElse(0L);
    Summary.Builder summary = Summary.of("replay");
    workflow().ifPresent(of -> summary.fact("workflow", of.name()).fact("version", of.version()));
    summary
        .fact("source", origin())
        .fact("run", runId)
        .fact("runner", launcher.runner())
        .fact("result", isDry() ? "nothing, it is a dry run" : RunJob.addressOf(sink()))
        .count("read", counts.of(ReplayCounters.READ))
        .count("filtered", counts.of(ReplayCounters.FILTERED))
        .countIfAny("repeats", counts.of(ReplayCounters.REPEATS))
        .countIfAny("not_whole", counts.of(ReplayCounters.NOT_WHOLE))
        .countIfAny("given_up", counts.of(ReplayCounters.GIVEN_UP))
        .count(isDry() ? "would_replay" : "replayed", replayed);
    if (isRaw() && !isDry()) {
      summary
          .count("stored", stored)
          .count(Counters.DEAD_LETTERS, refused)
          .count("known_already", replayed - stored - refused);
    } else if (!isLog() && !isDry()) {
      summary
          .count(Counters.DEAD_LETTERS, counts.of(Counters.DEAD_LETTERS))
          .count(Counters.USED, counts.of(Counters.USED))
          .count(Counters.ROWS, counts.of(Counters.ROWS));
    }
    boolean isNothing = replayed == 0 || (isRaw() && !isDry() && stored + refused == 0);
    return new Outcome(summary.build(), isNothing);
  }
}
