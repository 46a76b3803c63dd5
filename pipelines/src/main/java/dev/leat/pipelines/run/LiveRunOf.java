package dev.leat.pipelines.run;

import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Attendant;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.job.LiveRun;
import dev.leat.pipelines.job.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * A workflow on a source without an end. Begun without saved state it reads the log from where the
 * URI says and makes the rows anew; a row that is in the table already stays until the new one is
 * of as many events.
 */
record LiveRunOf(RunJob job) {
  /**
   * In the summary: how often a row was made, first or anew. How many rows that comes to, the table
   * knows.
   */
  static final String REVISIONS = "revisions";

  Summary run(Source from, Launcher launcher, Attendant attendant) {
    if (job.workflow().aggregate().isPresent() && job.workflow().window().isEmpty()) {
      throw new UsageException(
          "window: a live run needs windows to aggregate in, because its events have no end;"
              + " such as window: {fixed: 1h}");
    }
    if (job.eventTime().isPresent()) {
      throw new UsageException(
          "--eventTimeStart, --eventTimeEnd: expected neither for a source without an end");
    }
    WorkflowTransform transform = WorkflowTransform.of(job.workflow(), Optional.empty());
    Connectors connectors = Connectors.load();
    RowSink to =
        connectors.sink(job.sink(), request(transform.schema(), transform.liveRows(), launcher));
    Optional<RowSink> refused =
        open(connectors, job.deadLetters(), DeadLetterRows.SCHEMA, DeadLetterRows.KEY, launcher);
    Optional<RowSink> late = open(connectors, job.late(), LateRows.SCHEMA, LateRows.KEY, launcher);

    Pipeline pipeline = launcher.newPipeline("leat-" + job.workflow().name());
    List<PCollection<DeadLetter>> failures = new ArrayList<>();
    PCollection<EventBlock> events = Events.from(from, job.workflow(), pipeline, failures);
    WorkflowOutput result = events.apply("Workflow", transform);
    Alerts.of(job.workflow()).raise(events, failures, result);
    failures.add(result.deadLetters());
    result.rows().apply("Write", to.writeLive());
    PCollection<DeadLetter> letters =
        PCollectionList.of(failures).apply("All dead letters", Flatten.pCollections());
    refused.ifPresent(
        sink ->
            letters
                .apply("Dead letter rows", new DeadLetterRows())
                .apply("Dead letter revisions", new WithRevision(DeadLetterRows.SCHEMA))
                .apply("Write dead letters", sink.writeLive()));
    late.ifPresent(
        sink ->
            result
                .late()
                .apply("Late rows", new LateRows(job.workflow().window()))
                .apply("Late revisions", new WithRevision(LateRows.SCHEMA))
                .apply("Write late events", sink.writeLive()));

    LiveRun run = launcher.start(pipeline);
    return attendant
        .attend(run)
        .map(counts -> stopped(counts, to, launcher))
        .orElseGet(() -> submitted(run, launcher));
  }

  private Summary stopped(Counts counts, RowSink sink, Launcher launcher) {
    return job.summary(counts, sink, launcher, REVISIONS)
        .fact(
            "stopped",
            "what was not written by then is not in the result, though it is counted; a run that"
                + " goes on, or reads the log again, writes it")
        .build();
  }

  private Summary submitted(LiveRun run, Launcher launcher) {
    Summary.Builder summary =
        Summary.of("run")
            .fact("workflow", job.workflow().name())
            .fact("version", job.workflow().version())
            .fact("run", job.runId())
            .fact("runner", launcher.runner())
            .fact("job_name", run.name());
    run.id().ifPresent(id -> summary.fact("job", id));
    return summary.fact("result", RunJob.addressOf(job.sink())).build();
  }

  private Optional<RowSink> open(
      Connectors connectors,
      Optional<ConnectorUri> uri,
      Schema schema,
      List<String> key,
      Launcher launcher) {
    LiveRows rows = LiveRows.appendedOnceBy(key);
    return uri.map(place -> connectors.sink(place, request(schema, rows, launcher)));
  }

  private SinkRequest request(Schema schema, LiveRows rows, Launcher launcher) {
    SinkRequest request = job.sinkRequest(schema, Optional.empty()).withLive(rows);
    return launcher.goesOn() ? request.resumed() : request;
  }
}
