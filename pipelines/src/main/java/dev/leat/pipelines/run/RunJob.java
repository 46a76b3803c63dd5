package dev.leat.pipelines.run;

import com.google.auto.value.AutoValue;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Outcome;
import dev.leat.health.Counters;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.RunId;
import dev.leat.pipelines.job.Summary;
import dev.leat.pipelines.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/** Runs a workflow from a bounded source to a sink. */
@AutoValue
public abstract class RunJob {
  abstract Workflow workflow();

  abstract ConnectorUri source();

  abstract ConnectorUri sink();

  abstract Optional<ConnectorUri> deadLetters();

  abstract Optional<TimeRange> eventTime();

  abstract String runId();

  /**
   * @param deadLetters where records go that could not be used; absent for {@link
   *     #besideOf(ConnectorUri)} the sink
   * @param eventTime only events of this range
   */
  public static RunJob of(
      Workflow workflow,
      ConnectorUri source,
      ConnectorUri sink,
      Optional<ConnectorUri> deadLetters,
      Optional<TimeRange> eventTime) {
    return new AutoValue_RunJob(
        workflow, source, sink, deadLetters.or(() -> besideOf(sink)), eventTime, RunId.next());
  }

  /**
   * Where dead letters go if nothing is said: a table or folder beside the sink's; nowhere for a
   * sink that is no place, such as {@code stdout:}.
   */
  public static Optional<ConnectorUri> besideOf(ConnectorUri sink) {
    switch (sink.scheme()) {
      case "lake":
        ConnectorUri table = sink.withPlaceSuffix("_dead_letters", "lake");
        return Optional.of(
            sink.parameter("catalog")
                .map(catalog -> table.withDefault("catalog", catalog))
                .orElse(table));
      case "jsonl":
      case "csv":
      case "parquet":
        return Optional.of(sink.withPlaceSuffix("-dead-letters", "jsonl"));
      default:
        return Optional.empty();
    }
  }

  /**
   * Checks everything, runs, and tells what was done.
   *
   * @throws dev.leat.io.spi.UsageException if the job cannot be
   * @throws dev.leat.io.spi.UnreachableException if the source or sink is not there
   * @throws dev.leat.pipelines.job.JobFailedException if it fails on the way
   */
  public Summary run(Launcher launcher) {
    Connectors connectors = Connectors.load();
    eventTime().ifPresent(range -> WholeWindows.check(workflow(), range));
    WorkflowTransform transform = WorkflowTransform.of(workflow(), eventTime());
    Lookups.check(workflow());
    Source from = Events.open(source(), sourceRequest());
    NotIntoItself.check(from, sink());
    deadLetters().ifPresent(letters -> NotIntoItself.check(from, letters));
    RowSink to = connectors.sink(sink(), sinkRequest(transform.schema(), eventTime()));
    Optional<RowSink> refused =
        deadLetters()
            .map(uri -> connectors.sink(uri, sinkRequest(DeadLetterRows.SCHEMA, Optional.empty())));

    Pipeline pipeline = launcher.newPipeline("leat-" + workflow().name());
    List<PCollection<DeadLetter>> failures = new ArrayList<>();
    PCollection<EventBlock> events = Events.from(from, workflow(), pipeline, failures);
    Outcome<RowBlock> result = events.apply("Workflow", transform);
    failures.add(result.deadLetters());
    result.output().apply("Write", to.write());
    PCollection<DeadLetter> letters =
        PCollectionList.of(failures).apply("All dead letters", Flatten.pCollections());
    refused.ifPresent(
        sink ->
            letters
                .apply("Dead letter rows", new DeadLetterRows())
                .apply("Write dead letters", sink.write()));

    return summary(launcher.run(pipeline), to, launcher);
  }

  private SourceRequest sourceRequest() {
    SourceRequest request = SourceRequest.defaults().withFormat(workflow().recordFormat());
    return eventTime().map(request::withEventTime).orElse(request);
  }

  private SinkRequest sinkRequest(Schema schema, Optional<TimeRange> range) {
    return SinkRequest.of(
        runId(),
        schema,
        range,
        Map.of(
            "workflow", workflow().name(),
            "workflow-version", workflow().version(),
            "source", source().withoutParameters()));
  }

  private Summary summary(Counts counts, RowSink sink, Launcher launcher) {
    Summary.Builder summary =
        Summary.of("run")
            .fact("workflow", workflow().name())
            .fact("version", workflow().version())
            .fact("run", runId())
            .fact("runner", launcher.runner())
            .fact("result", sink.summary().orElse(sink().toString()))
            .count(Counters.READ, counts.of(Counters.READ))
            .countIfAny(Counters.OUT_OF_RANGE, counts.of(Counters.OUT_OF_RANGE))
            .countIfAny(Counters.FILTERED, counts.of(Counters.FILTERED))
            .count(Counters.REPEATS, counts.of(Counters.REPEATS))
            .countIfAny(Counters.CONFLICTING, counts.of(Counters.CONFLICTING))
            .count(Counters.LATE, counts.of(Counters.LATE))
            .count(Counters.DEAD_LETTERS, counts.of(Counters.DEAD_LETTERS))
            .count(Counters.USED, counts.of(Counters.USED))
            .count(Counters.ROWS, counts.of(Counters.ROWS));
    if (counts.of(Counters.DEAD_LETTERS) > 0) {
      summary.fact(
          "dead_letters_at",
          deadLetters()
              .map(ConnectorUri::toString)
              .orElse("nowhere: give --deadLetters=URI to keep them"));
    }
    return summary.build();
  }
}
