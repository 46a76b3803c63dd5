package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.ingest.Mapping;
import dev.leat.step.EventChain;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Parses records and runs the first steps of a workflow on each event at once: the same events and
 * dead letters as {@link dev.leat.ingest.ParseEvents} and a {@link dev.leat.step.EventSteps} for
 * each of the steps. A block travels at its earliest event time.
 */
public final class PrepareEvents extends PTransform<PCollection<RecordBlock>, Outcome<EventBlock>> {
  private static final long serialVersionUID = 1L;

  static final TupleTag<EventBlock> BLOCKS = new TupleTag<>() {};
  static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private final Mapping mapping;
  private final List<EventChain> steps;

  private PrepareEvents(Mapping mapping, List<EventChain> steps) {
    this.mapping = mapping;
    this.steps = List.copyOf(steps);
  }

  /**
   * @param steps in their order; those without functions do nothing
   */
  public static PrepareEvents with(Mapping mapping, List<EventChain> steps) {
    return new PrepareEvents(
        mapping, steps.stream().filter(step -> !step.functions().isEmpty()).toList());
  }

  /**
   * Has events reduced to what they add to an aggregation. Then nothing may stand before it that
   * needs events whole, but {@code between}, which lets reduced events pass.
   *
   * @param between the steps that look at one event between this and the aggregation
   */
  public ReduceRecords reducedFor(EventChain between, Aggregation aggregation) {
    return new ReduceRecords(mapping, steps, new ReduceRecords.Target(between, aggregation));
  }

  @Override
  public Outcome<EventBlock> expand(PCollection<RecordBlock> records) {
    PCollectionTuple out =
        records.apply(
            "Prepare blocks",
            ParDo.of(new PrepareFn.Whole(mapping, steps))
                .withOutputTags(BLOCKS, TupleTagList.of(DEAD_LETTERS)));
    return Outcome.of(
        out.get(BLOCKS).setCoder(EventBlockCoder.of()),
        out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
  }
}
