package dev.leat.pipelines.run;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Outcome;
import dev.leat.dedup.Deduplicated;
import dev.leat.dedup.DropDuplicates;
import dev.leat.enrich.EnrichEvents;
import dev.leat.field.PayloadReader;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.workflow.Enrichment;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.step.DeriveField;
import dev.leat.step.EventFunction;
import dev.leat.step.EventSteps;
import dev.leat.step.FilterEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * A workflow from events to rows: the chain of the public transforms, joined on blocks. The rows
 * are the same in any order of arrival.
 */
public final class WorkflowTransform
    extends PTransform<PCollection<EventBlock>, Outcome<RowBlock>> {
  private static final long serialVersionUID = 1L;

  private final transient Workflow workflow;
  private final transient Optional<TimeRange> eventTime;

  private WorkflowTransform(Workflow workflow, Optional<TimeRange> eventTime) {
    this.workflow = workflow;
    this.eventTime = eventTime;
  }

  /**
   * @param eventTime if present, only events of this range are taken
   */
  public static WorkflowTransform of(Workflow workflow, Optional<TimeRange> eventTime) {
    return new WorkflowTransform(workflow, eventTime);
  }

  /** The columns of the rows. */
  public Schema schema() {
    return workflow
        .aggregate()
        .map(aggregation -> aggregation.schema(workflow.window().isPresent()))
        .orElseGet(() -> EventRows.schema(derivedFields()));
  }

  @Override
  public Outcome<RowBlock> expand(PCollection<EventBlock> events) {
    List<PCollection<DeadLetter>> deadLetters = new ArrayList<>();
    PayloadReader reader = workflow.payloadReader();

    PCollection<EventBlock> chosen =
        each("Choose", "filter", reader, choice(), events, deadLetters);
    PCollection<EventBlock> derived = each("Derive", "let", reader, let(), chosen, deadLetters);
    PCollection<EventBlock> distinct = dropRepeats(derived);
    PCollection<EventBlock> enriched =
        each("Enrich", "enrich", reader, enrichments(), distinct, deadLetters);
    PCollection<RowBlock> rows = rows(enriched, reader, deadLetters);

    return Outcome.of(
        rows,
        PCollectionList.of(deadLetters).apply("Dead letters of all steps", Flatten.pCollections()));
  }

  private PCollection<RowBlock> rows(
      PCollection<EventBlock> events,
      PayloadReader reader,
      List<PCollection<DeadLetter>> failures) {
    if (workflow.aggregate().isEmpty()) {
      return events.apply("Rows", EventRows.of(derivedFields())).failuresTo(failures);
    }
    Aggregation aggregation = workflow.aggregate().get();
    return events
        .apply("Aggregate", AggregateEvents.onBlocks(aggregation, reader, workflow.window()))
        .failuresTo(failures);
  }

  private PCollection<EventBlock> dropRepeats(PCollection<EventBlock> events) {
    Optional<Duration> horizon = workflow.deduplicateWithin();
    if (horizon.isEmpty()) {
      return events;
    }
    Deduplicated<EventBlock> result =
        events.apply("Drop repeats", DropDuplicates.byId().within(horizon.get()).onBlocks());
    // Bounded input has no late events; live runs route them where their sink says.
    return result.output();
  }

  private List<EventFunction> choice() {
    List<EventFunction> functions = new ArrayList<>();
    eventTime.ifPresent(range -> functions.add(new InRange(range)));
    workflow.filter().ifPresent(condition -> functions.add(FilterEvents.function(condition)));
    return functions;
  }

  private List<EventFunction> let() {
    List<EventFunction> functions = new ArrayList<>();
    workflow.let().forEach((name, value) -> functions.add(DeriveField.function(name, value)));
    return functions;
  }

  private List<EventFunction> enrichments() {
    List<EventFunction> functions = new ArrayList<>();
    for (Enrichment each : workflow.enrich()) {
      functions.add(
          EnrichEvents.lookup(each.lookup())
              .on(each.key().toString())
              .as(each.as())
              .missing(each.missing())
              .function());
    }
    return functions;
  }

  private List<String> derivedFields() {
    List<String> names = new ArrayList<>(workflow.let().keySet());
    workflow.enrich().forEach(each -> names.add(each.as()));
    return names;
  }

  private static PCollection<EventBlock> each(
      String name,
      String step,
      PayloadReader reader,
      List<EventFunction> functions,
      PCollection<EventBlock> events,
      List<PCollection<DeadLetter>> failures) {
    return functions.isEmpty()
        ? events
        : events.apply(name, EventSteps.onBlocks(step, reader, functions)).failuresTo(failures);
  }
}
