package dev.leat.pipelines.run;

import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.io.spi.Source;
import dev.leat.pipelines.workflow.Deduplication;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.prepare.PrepareEvents;
import dev.leat.quality.CheckQuality;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollection;

/**
 * How a run to the end reads records: the first steps run on each as it is parsed, and where all
 * that is left is to add it up, it is reduced to what it adds.
 */
record Preparation(Steps steps) {

  /**
   * Whether a run's records can be read so. Not if something looks at the events between parsing
   * and the first steps: alerts, which measure all events, or sequences, whose gaps are among all.
   */
  static boolean fits(Source source, Workflow workflow) {
    return source instanceof Source.OfRecords
        && workflow.alerts().isEmpty()
        && workflow.deduplicate().filter(Deduplication.BySequence.class::isInstance).isEmpty();
  }

  /**
   * Reads a source that {@link #fits}.
   *
   * @return events for a {@link WorkflowTransform#ofPrepared prepared} workflow
   * @param failures gets the records that are no events, and the events that a step refuses, unless
   *     they go with the events
   */
  PCollection<EventBlock> read(
      Source source, Pipeline pipeline, List<PCollection<DeadLetter>> failures) {
    Workflow workflow = steps.workflow();
    PCollection<RecordBlock> records = pipeline.apply("Read", ((Source.OfRecords) source).read());
    PrepareEvents whole =
        PrepareEvents.with(
            Events.mappingFor(source, workflow), List.of(steps.choice(), steps.let()));
    Optional<Aggregation> aggregation = reducedFor(workflow);
    return aggregation.isPresent()
        ? records.apply("Prepare", whole.reducedFor(steps.boundedEnrichment(), aggregation.get()))
        : records.apply("Prepare", whole).failuresTo(failures);
  }

  /** What events are reduced for, if nothing else needs them whole. */
  static Optional<Aggregation> reducedFor(Workflow workflow) {
    return CheckQuality.looksAtFields(workflow.quality()) ? Optional.empty() : workflow.aggregate();
  }
}
