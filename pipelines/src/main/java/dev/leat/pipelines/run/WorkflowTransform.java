package dev.leat.pipelines.run;

import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.KeySample;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.dedup.DropDuplicates;
import dev.leat.dedup.Sequenced;
import dev.leat.field.PayloadReader;
import dev.leat.health.Health;
import dev.leat.io.lake.Increment;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.workflow.Deduplication;
import dev.leat.pipelines.workflow.Workflow;
import dev.leat.prepare.ReduceEvents;
import dev.leat.step.EventChain;
import dev.leat.step.EventSteps;
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
import org.apache.beam.sdk.transforms.ParDo;
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
  private final transient Share share;
  private final transient Steps steps;
  private final boolean prepared;

  private WorkflowTransform(Workflow workflow, Share share, boolean prepared) {
    this.workflow = workflow;
    this.share = share;
    this.steps = new Steps(workflow, share.eventTime(), share.sample());
    this.prepared = prepared;
  }

  /**
   * @param eventTime if present, only events of this range are taken
   */
  public static WorkflowTransform of(Workflow workflow, Optional<TimeRange> eventTime) {
    return new WorkflowTransform(
        workflow, new Share(eventTime, Optional.empty(), Optional.empty(), Judgement.NOW), false);
  }

  /** The same for events that have been chosen and derived already: see {@link Preparation}. */
  WorkflowTransform ofPrepared() {
    return new WorkflowTransform(workflow, share, true);
  }

  /**
   * The same for a part of the result: only its rows come out, each as it is in the whole result,
   * if the events that {@link Quality#read} names are put in.
   */
  WorkflowTransform ofPart(Optional<Increment.Part> recomputed) {
    return with(new Share(share.eventTime(), recomputed, share.sample(), share.judgement()));
  }

  /**
   * The same of some keys only, with all their rows. The rules of quality, which are about all
   * rows, are left out.
   */
  public WorkflowTransform ofSample(KeySample keys) {
    return with(new Share(share.eventTime(), share.part(), Optional.of(keys), Judgement.NEVER));
  }

  /**
   * The same as one of several parts that are judged together: {@link WorkflowOutput#counts} has
   * what {@link dev.leat.quality.Audit} needs for that.
   */
  public WorkflowTransform judgedLater() {
    return with(new Share(share.eventTime(), share.part(), share.sample(), Judgement.LATER));
  }

  private WorkflowTransform with(Share other) {
    return new WorkflowTransform(workflow, other, prepared);
  }

  /** When the rules of quality are judged. */
  private enum Judgement {
    NOW,
    LATER,
    NEVER
  }

  /** What of the result is made. */
  private record Share(
      Optional<TimeRange> eventTime,
      Optional<Increment.Part> part,
      Optional<KeySample> sample,
      Judgement judgement) {
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

    PCollection<EventBlock> derived =
        prepared ? events : reduced(chosenAndDerived(events, deadLetters, health));
    PCollection<EventBlock> distinct = dropRepeats(derived, late, health);
    PCollection<EventBlock> onTime = splitLate(distinct, late);
    PCollection<EventBlock> enriched =
        each("Enrich", steps.enrichment(onTime), reader, onTime, deadLetters);
    PCollection<RowBlock> made = ofPart(rows(enriched, reader, deadLetters));
    Quality quality = new Quality(workflow);

    return new WorkflowOutput(
        share.judgement() == Judgement.NOW
            ? quality.judged(made, enriched, share.eventTime(), share.part())
            : made,
        together("Dead letters of all steps", deadLetters, DeadLetterCoder.of(), events),
        together("Late events of all steps", late, EventBlockCoder.of(), events),
        health,
        share.judgement() == Judgement.LATER
            ? Optional.of(quality.counted(made, enriched))
            : Optional.empty());
  }

  private PCollection<EventBlock> chosenAndDerived(
      PCollection<EventBlock> events,
      List<PCollection<DeadLetter>> deadLetters,
      List<PCollection<Health>> health) {
    PayloadReader reader = workflow.payloadReader();
    PCollection<EventBlock> sequenced = dropRepeatsBySequence(events, deadLetters, health);
    PCollection<EventBlock> chosen = each("Choose", steps.choice(), reader, sequenced, deadLetters);
    return each("Derive", steps.let(), reader, chosen, deadLetters);
  }

  /** Less goes through the shuffle for repeats if nobody needs the events whole. */
  private PCollection<EventBlock> reduced(PCollection<EventBlock> events) {
    boolean shuffled =
        workflow.deduplicate().filter(Deduplication.ById.class::isInstance).isPresent();
    Optional<Aggregation> aggregation = Preparation.reducedFor(workflow);
    return shuffled && aggregation.isPresent() && !isLive(events)
        ? events.apply(
            "Reduce",
            ReduceEvents.of(workflow.payloadReader(), steps.boundedEnrichment(), aggregation.get()))
        : events;
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

  private PCollection<RowBlock> ofPart(PCollection<RowBlock> rows) {
    return share.part().isEmpty()
        ? rows
        : rows.apply("Of the part", ParDo.of(new OnlyWindows(share.part().get().windowStarts())))
            .setCoder(RowBlockCoder.of(schema()));
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
    if (share.part().isEmpty()) {
      // Of a part they would be the numbers that are in the others.
      sequenced.gaps().apply("Tell gaps", new TellGaps());
      Alerts.of(workflow).measureGaps(sequenced, health);
    }
    Alerts.of(workflow).measureSequences(events, sequenced, health);
    return sequenced.failuresTo(failures);
  }

  private List<String> derivedFields() {
    List<String> names = new ArrayList<>(workflow.let().keySet());
    workflow.enrich().forEach(each -> names.add(each.as()));
    return names;
  }

  private static PCollection<EventBlock> each(
      String name,
      EventChain step,
      PayloadReader reader,
      PCollection<EventBlock> events,
      List<PCollection<DeadLetter>> failures) {
    return step.functions().isEmpty()
        ? events
        : events
            .apply(name, EventSteps.onBlocks(step.step(), reader, step.functions()))
            .failuresTo(failures);
  }
}
