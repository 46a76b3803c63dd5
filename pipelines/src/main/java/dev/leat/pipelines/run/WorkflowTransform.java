package dev.leat.pipelines.run;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.dedup.DropDuplicates;
import dev.leat.dedup.Sequenced;
import dev.leat.enrich.EnrichEvents;
import dev.leat.field.PayloadReader;
import dev.leat.health.Health;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.workflow.Deduplication;
import dev.leat.pipelines.workflow.Enrichment;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.step.DeriveField;
import dev.leat.step.EventFunction;
import dev.leat.step.EventSteps;
import dev.leat.step.FilterEvents;
import dev.leat.window.OnTime;
import dev.leat.window.SplitLate;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * A workflow from events to rows: the chain of the public transforms, joined on blocks. The rows
 * are the same in any order of arrival. On unbounded input a window's row comes again whenever it
 * has grown, and each row has {@link LiveRows#REVISION}.
 */
public final class WorkflowTransform extends PTransform<PCollection<EventBlock>, WorkflowOutput> {
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

  /** How the rows of a live run relate. */
  LiveRows liveRows() {
    if (workflow.aggregate().isEmpty()) {
      return LiveRows.appendedOnceBy(List.of("source", "id"));
    }
    List<String> key = new ArrayList<>();
    workflow.window().ifPresent(unused -> key.add("window_start"));
    key.addAll(workflow.aggregate().get().by().keySet());
    boolean sessions =
        workflow.window().filter(spec -> spec.kind() == WindowSpec.Kind.SESSION).isPresent();
    return sessions ? LiveRows.sessionsReplacedBy(key) : LiveRows.replacedBy(key);
  }

  @Override
  public WorkflowOutput expand(PCollection<EventBlock> events) {
    List<PCollection<DeadLetter>> deadLetters = new ArrayList<>();
    List<PCollection<EventBlock>> late = new ArrayList<>();
    List<PCollection<Health>> health = new ArrayList<>();
    PayloadReader reader = workflow.payloadReader();

    PCollection<EventBlock> sequenced = dropRepeatsBySequence(events, deadLetters, health);
    PCollection<EventBlock> chosen =
        each("Choose", "filter", reader, choice(), sequenced, deadLetters);
    PCollection<EventBlock> derived = each("Derive", "let", reader, let(), chosen, deadLetters);
    PCollection<EventBlock> distinct = dropRepeats(derived, late, health);
    PCollection<EventBlock> onTime = splitLate(distinct, late);
    PCollection<EventBlock> enriched =
        each("Enrich", "enrich", reader, enrichments(onTime), onTime, deadLetters);
    PCollection<RowBlock> rows =
        new Quality(workflow).judged(rows(enriched, reader, deadLetters), enriched, eventTime);

    return new WorkflowOutput(
        rows,
        together("Dead letters of all steps", deadLetters, DeadLetterCoder.of(), events),
        together("Late events of all steps", late, EventBlockCoder.of(), events),
        health);
  }

  private static <T> PCollection<T> together(
      String name, List<PCollection<T>> parts, Coder<T> coder, PCollection<?> input) {
    return parts.isEmpty()
        ? input.getPipeline().apply(name, Create.empty(coder))
        : PCollectionList.of(parts).apply(name, Flatten.pCollections());
  }

  private PCollection<RowBlock> rows(
      PCollection<EventBlock> events,
      PayloadReader reader,
      List<PCollection<DeadLetter>> failures) {
    if (workflow.aggregate().isEmpty()) {
      PCollection<RowBlock> rows =
          events.apply("Rows", EventRows.of(derivedFields())).failuresTo(failures);
      return isLive(events) ? rows.apply("Revisions", new WithRevision(schema())) : rows;
    }
    Aggregation aggregation = workflow.aggregate().get();
    return events
        .apply(
            "Aggregate",
            AggregateEvents.onBlocks(
                isLive(events) ? aggregation.withRevision() : aggregation,
                reader,
                workflow.window()))
        .failuresTo(failures);
  }

  private static boolean isLive(PCollection<?> events) {
    return events.isBounded() == IsBounded.UNBOUNDED;
  }

  /**
   * Before enrichment, so that an event that is late is nothing else as well. Who drops repeats by
   * id has done it there, without another shuffle.
   */
  private PCollection<EventBlock> splitLate(
      PCollection<EventBlock> events, List<PCollection<EventBlock>> late) {
    return workflow.window().isPresent() && isLive(events) && dropsById().isEmpty()
        ? events.apply("Split late", SplitLate.by(workflow.window().get()).onBlocks()).lateTo(late)
        : events;
  }

  private PCollection<EventBlock> dropRepeats(
      PCollection<EventBlock> events,
      List<PCollection<EventBlock>> late,
      List<PCollection<Health>> health) {
    if (dropsById().isEmpty()) {
      return events;
    }
    DropDuplicates dropping = dropsById().get();
    OnTime<EventBlock> distinct =
        events.apply(
            "Drop repeats",
            workflow.window().map(dropping::splitLateBy).orElse(dropping).onBlocks());
    Alerts.of(workflow).measureRepeats(events, distinct.output(), distinct.late(), health);
    return distinct.lateTo(late);
  }

  private Optional<DropDuplicates> dropsById() {
    return workflow
        .deduplicate()
        .filter(Deduplication.ById.class::isInstance)
        .map(byId -> DropDuplicates.byId().within(((Deduplication.ById) byId).horizon()));
  }

  /** Of all events there are: one that a filter or a range leaves out would be a gap. */
  private PCollection<EventBlock> dropRepeatsBySequence(
      PCollection<EventBlock> events,
      List<PCollection<DeadLetter>> failures,
      List<PCollection<Health>> health) {
    Optional<Duration> reportAfter =
        workflow
            .deduplicate()
            .filter(Deduplication.BySequence.class::isInstance)
            .map(bySequence -> ((Deduplication.BySequence) bySequence).reportAfter());
    if (reportAfter.isEmpty()) {
      return events;
    }
    Sequenced<EventBlock> sequenced =
        events.apply(
            "Drop repeats by sequence",
            DropDuplicates.bySequence().reportAfter(reportAfter.get()).onBlocks());
    sequenced.gaps().apply("Tell gaps", new TellGaps());
    Alerts.of(workflow).measureSequences(events, sequenced, health);
    return sequenced.failuresTo(failures);
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

  private List<EventFunction> enrichments(PCollection<?> events) {
    List<EventFunction> functions = new ArrayList<>();
    for (Enrichment each : workflow.enrich()) {
      functions.add(
          EnrichEvents.lookup(each.lookup())
              .on(each.key().toString())
              .as(each.as())
              .missing(each.missing())
              .function());
    }
    functions.addAll(new Quality(workflow).counting(events));
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
