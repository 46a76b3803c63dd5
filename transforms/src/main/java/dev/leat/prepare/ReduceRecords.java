package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.ingest.Mapping;
import dev.leat.step.EventChain;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * As {@link PrepareEvents}, with events reduced to what they add to an aggregation. Dead letters go
 * with the events, and leave where those are added up: a function of two outputs ends a chain, and
 * Flink would write down every block and read it twice, for dead letters that there are few of.
 */
public final class ReduceRecords
    extends PTransform<PCollection<RecordBlock>, PCollection<EventBlock>> {
  private static final long serialVersionUID = 1L;

  private final Mapping mapping;
  private final List<EventChain> steps;
  private final Target target;

  /** What events are reduced for. */
  record Target(EventChain between, Aggregation aggregation) implements Serializable {}

  ReduceRecords(Mapping mapping, List<EventChain> steps, Target target) {
    this.mapping = mapping;
    this.steps = List.copyOf(steps);
    this.target = target;
  }

  @Override
  public PCollection<EventBlock> expand(PCollection<RecordBlock> records) {
    return records
        .apply("Reduce blocks", ParDo.of(new PrepareFn.Reduced(mapping, steps, target)))
        .setCoder(EventBlockCoder.of());
  }
}
