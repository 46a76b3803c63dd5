package dev.leat.pipelines.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.auto.value.AutoValue;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Json;
import dev.leat.health.Counters;
import dev.leat.io.lake.RunSpeed;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/** Runs a workflow from a source to a sink: to its end, or live if the source has none. */
@AutoValue
public abstract class RunJob {
  abstract Workflow workflow();

  abstract ConnectorUri source();

  abstract ConnectorUri sink();

  abstract Optional<ConnectorUri> deadLetters();

  abstract Optional<ConnectorUri> late();

  abstract Optional<TimeRange> eventTime();

  abstract String runId();

  /** Of all events, with what is in no row beside the sink. */
  public static RunJob of(Workflow workflow, ConnectorUri source, ConnectorUri sink) {
    return of(workflow, source, sink, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * @param deadLetters where records go that could not be used; absent for {@link #besideOf} the
   *     sink
   * @param late where a live run's late events go, one row for each window that lacks them; absent
   *     as before
   * @param eventTime only events of this range
   */
  public static RunJob of(
      Workflow workflow,
      ConnectorUri source,
      ConnectorUri sink,
      Optional<ConnectorUri> deadLetters,
      Optional<ConnectorUri> late,
      Optional<TimeRange> eventTime) {
    return new AutoValue_RunJob(
        workflow,
        source,
        sink,
        deadLetters.or(() -> besideOf(sink, "dead_letters")),
        late.or(() -> besideOf(sink, "late")),
        eventTime,
        RunId.next());
  }

  /**
   * Where what is in no row goes if nothing is said: a table or folder beside the sink's; nowhere
   * for a sink that is no place, such as {@code stdout:}.
   *
   * @param what {@code dead_letters} or {@code late}
   */
  public static Optional<ConnectorUri> besideOf(ConnectorUri sink, String what) {
    switch (sink.scheme()) {
      case "lake":
        ConnectorUri table = sink.withPlaceSuffix("_" + what, "lake");
        for (String shared : List.of("catalog", "commit")) {
          Optional<String> value = sink.parameter(shared);
          if (value.isPresent()) {
            table = table.withDefault(shared, value.get());
          }
        }
        return Optional.of(table);
      case "jdbc":
        return sink.parameter("table").map(name -> sink.withParameter("table", name + "_" + what));
      case "jsonl":
      case "csv":
      case "parquet":
        return Optional.of(sink.withPlaceSuffix("-" + what.replace('_', '-'), "jsonl"));
      default:
        return Optional.empty();
    }
  }

  /**
   * Checks everything, runs, and tells what was done.
   *
   * @param attendant stays with a live run
   * @throws dev.leat.io.spi.UsageException if the job cannot be
   * @throws dev.leat.io.spi.UnreachableException if the source or sink is not there
   * @throws dev.leat.quality.QualityRefusedException if the rows break the workflow's rules; all is
   *     then as it was
   * @throws dev.leat.pipelines.job.JobFailedException if it fails on the way
   */
  public Summary run(Launcher launcher, Attendant attendant) {
    eventTime().ifPresent(range -> WholeWindows.check(workflow(), range));
    refuseItsOwnTable();
    Lookups.check(workflow());
    Source from = Events.open(source(), sourceRequest());
    NotIntoItself.check(from, sink());
    deadLetters().ifPresent(letters -> NotIntoItself.check(from, letters));
    return from instanceof Source.OfLog && ((Source.OfLog) from).isUnbounded()
        ? new LiveRunOf(this).run(from, launcher.forLiveRuns(), attendant)
        : runToTheEnd(from, extent(from), launcher).orElseThrow().build();
  }

  /**
   * Makes anew only what has changed since the last run, of a table of the lake from another one.
   *
   * @return what was done; empty if there was nothing new
   * @throws dev.leat.io.spi.UsageException if the job cannot be run so, or the table is made of
   *     another source, or by another version of the workflow
   */
  public Optional<Summary> runIncremental(Launcher launcher) {
    return new IncrementalRun(this).run(launcher);
  }

  /**
   * @throws UsageException if it would replace the table that it reads
   */
  void refuseItsOwnTable() {
    if (Stream.concat(Stream.of(sink()), deadLetters().stream())
        .anyMatch(each -> NotIntoItself.isSameTable(source(), each))) {
      throw new UsageException(
          addressOf(source()) + ": expected another table for the rows than the one that is read");
    }
  }

  /** What to tell of a {@link #runIncremental} that found nothing new. */
  public Summary nothingNew(Launcher launcher) {
    return Summary.of("run")
        .fact("workflow", workflow().name())
        .fact("version", workflow().version())
        .fact("run", runId())
        .fact("runner", launcher.runner())
        .fact("result", "nothing new in " + addressOf(source()))
        .build();
  }

  /** The same under another name. */
  RunJob withRunId(String id) {
    return new AutoValue_RunJob(
        workflow(), source(), sink(), deadLetters(), late(), eventTime(), id);
  }

  /** All of the table, or the range that was asked for. */
  private Extent extent(Source from) {
    Map<String, String> properties = new LinkedHashMap<>(versionOf(from));
    boolean agrees =
        eventTime().isEmpty() && source().scheme().equals("lake") && sink().scheme().equals("lake");
    if (agrees) {
      new IncrementalRun(this).ofWhole(from).ifPresent(properties::putAll);
    }
    return Extent.of(eventTime(), properties);
  }

  static Map<String, String> versionOf(Source from) {
    return from.version().map(version -> Map.of("input-snapshot", version)).orElse(Map.of());
  }

  /** Empty if the extent's condition did not hold, and nothing was published. */
  Optional<Summary.Builder> runToTheEnd(Source from, Extent extent, Launcher launcher) {
    Connectors connectors = Connectors.load();
    // Another run may be the one that publishes, and parts leave the letters of others there.
    boolean addsLetters = extent.condition().isPresent();
    boolean prepared = extent.part().isEmpty() && Preparation.fits(from, workflow());
    WorkflowTransform whole = WorkflowTransform.of(workflow(), extent.eventTime());
    WorkflowTransform transform = (prepared ? whole.ofPrepared() : whole).ofPart(extent.part());
    RowSink to =
        connectors.sink(
            sink(), extent.on(rowsRequest(transform, extent, speedOf(from, launcher.runner()))));
    Optional<RowSink> refused =
        deadLetters()
            .map(
                uri -> {
                  SinkRequest request =
                      sinkRequest(DeadLetterRows.SCHEMA, Optional.empty(), versionOf(from));
                  return connectors.sink(
                      uri,
                      addsLetters
                          ? request.withLive(LiveRows.appendedOnceBy(DeadLetterRows.KEY))
                          : request);
                });

    Pipeline pipeline = launcher.newPipeline("leat-" + workflow().name());
    List<PCollection<DeadLetter>> failures = new ArrayList<>();
    Steps steps = new Steps(workflow(), extent.eventTime(), Optional.empty());
    PCollection<EventBlock> events =
        prepared
            ? new Preparation(steps).read(from, pipeline, failures)
            : Events.ofPart(
                extent.part().map(new Quality(workflow())::read),
                from,
                Events.from(from, workflow(), steps.early(), pipeline, failures));
    WorkflowOutput result = events.apply("Workflow", transform);
    Alerts.of(workflow()).raise(events, failures, result);
    failures.add(result.deadLetters());
    result.rows().apply("Write", to.write());
    PCollection<DeadLetter> letters =
        PCollectionList.of(failures).apply("All dead letters", Flatten.pCollections());
    refused.ifPresent(
        sink -> {
          PCollection<RowBlock> rows =
              new Quality(workflow())
                  .heldBack(letters, result.rows())
                  .apply("Dead letter rows", new DeadLetterRows());
          if (addsLetters) {
            rows.apply("Dead letter revisions", new WithRevision(DeadLetterRows.SCHEMA))
                .apply("Write dead letters", sink.addNew());
          } else {
            rows.apply("Write dead letters", sink.write());
          }
        });

    Counts all = launcher.run(pipeline);
    Counts counts = extent.part().isPresent() ? all.without(Counters.GAPS) : all;
    if (extent.condition().isPresent() && to.summary().isEmpty()) {
      return Optional.empty();
    }
    Summary.Builder summary = summary(counts, to, launcher, Counters.ROWS);
    Alerts.of(workflow()).tell(counts, summary);
    counts.textsOf(Counters.TOLD).forEach(summary::note);
    return Optional.of(summary);
  }

  private SourceRequest sourceRequest() {
    SourceRequest request = Events.request(workflow());
    return eventTime().map(request::withEventTime).orElse(request);
  }

  /** By which a backfill of this table can tell how long it will take. */
  private Map<String, String> speedOf(Source from, String runner) {
    boolean fromLakeToLake = source().scheme().equals("lake") && sink().scheme().equals("lake");
    return fromLakeToLake && from instanceof Source.OfEvents events
        ? events
            .size()
            .map(size -> RunSpeed.begun(runner, Runtime.getRuntime().availableProcessors(), size))
            .orElse(Map.of())
        : Map.of();
  }

  /** The rows' key is remembered with them, so that two versions of a table can be compared. */
  private SinkRequest rowsRequest(
      WorkflowTransform transform, Extent extent, Map<String, String> more) {
    Map<String, String> properties = new LinkedHashMap<>(extent.properties());
    properties.putAll(more);
    SinkRequest request = sinkRequest(transform.schema(), extent.eventTime(), properties);
    ArrayNode key = Json.object().arrayNode();
    transform.liveRows().key().forEach(key::add);
    return request.withProperty("key", new String(Json.write(key), UTF_8));
  }

  SinkRequest sinkRequest(Schema schema, Optional<TimeRange> range) {
    return sinkRequest(schema, range, Map.of());
  }

  /**
   * @param more properties for the commit
   */
  private SinkRequest sinkRequest(
      Schema schema, Optional<TimeRange> range, Map<String, String> more) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("workflow", workflow().name());
    properties.put("workflow-version", workflow().version());
    properties.put("source", source().withoutParameters());
    properties.putAll(more);
    return SinkRequest.of(runId(), schema, range, properties);
  }

  /** Names a table or folder in a summary. */
  public static String addressOf(ConnectorUri place) {
    return place.withParametersOnly("table", "catalog");
  }

  /**
   * @param rowsCalled what the rows are that were counted
   */
  Summary.Builder summary(Counts counts, RowSink sink, Launcher launcher, String rowsCalled) {
    Summary.Builder summary =
        Summary.of("run")
            .fact("workflow", workflow().name())
            .fact("version", workflow().version())
            .fact("run", runId())
            .fact("runner", launcher.runner())
            .fact("result", sink.summary().orElse(addressOf(sink())))
            .count(Counters.READ, counts.of(Counters.READ))
            .countIfAny(Counters.OUT_OF_RANGE, counts.of(Counters.OUT_OF_RANGE))
            .countIfAny(Counters.FILTERED, counts.of(Counters.FILTERED))
            .count(Counters.REPEATS, counts.of(Counters.REPEATS))
            .countIfAny(Counters.CONFLICTING, counts.of(Counters.CONFLICTING))
            .countIfAny(Counters.GAPS, counts.of(Counters.GAPS))
            .count(Counters.LATE, counts.of(Counters.LATE))
            .count(Counters.DEAD_LETTERS, counts.of(Counters.DEAD_LETTERS))
            .count(Counters.USED, counts.of(Counters.USED))
            .count(rowsCalled, counts.of(Counters.ROWS))
            .countIfAny(Counters.RULES_PASSED, counts.of(Counters.RULES_PASSED))
            .countIfAny(Counters.VIOLATIONS, counts.of(Counters.VIOLATIONS))
            .countIfAny(Counters.ALERTS, counts.of(Counters.ALERTS));
    if (counts.of(Counters.DEAD_LETTERS) > 0) {
      summary.fact(
          "dead_letters_at",
          deadLetters()
              .map(RunJob::addressOf)
              .orElse("nowhere: give --deadLetters=URI to keep them"));
    }
    if (counts.of(Counters.LATE) > 0) {
      summary.fact(
          "late_at", late().map(RunJob::addressOf).orElse("nowhere: give --late=URI to keep them"));
    }
    return summary;
  }
}
