package dev.leat.prepare;

import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.PlainEventContribution;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import dev.leat.step.EventChain;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Reduces events to what they add to an aggregation, before they are shuffled: as {@link
 * ReduceRecords}, for events that are there already. Events that are not simply taken stay whole.
 */
public final class ReduceEvents
    extends PTransform<PCollection<EventBlock>, PCollection<EventBlock>> {
  private static final long serialVersionUID = 1L;

  private final PayloadReader reader;
  private final EventChain between;
  private final Aggregation aggregation;

  private ReduceEvents(PayloadReader reader, EventChain between, Aggregation aggregation) {
    this.reader = reader;
    this.between = between;
    this.aggregation = aggregation;
  }

  /**
   * @param between the steps that look at one event between this and the aggregation
   */
  public static ReduceEvents of(PayloadReader reader, EventChain between, Aggregation aggregation) {
    return new ReduceEvents(reader, between, aggregation);
  }

  @Override
  public PCollection<EventBlock> expand(PCollection<EventBlock> events) {
    return events
        .apply("Reduce blocks", ParDo.of(new ReduceFn(reader, between, aggregation)))
        .setCoder(EventBlockCoder.of());
  }

  private static final class ReduceFn extends DoFn<EventBlock, EventBlock> {
    private final PayloadReader reader;
    private final EventChain between;
    private final Aggregation aggregation;
    private transient @Nullable Worker worker;

    ReduceFn(PayloadReader reader, EventChain between, Aggregation aggregation) {
      this.reader = reader;
      this.between = between;
      this.aggregation = aggregation;
    }

    @Setup
    public void open() {
      between.open();
      worker = new Worker(reader, between, aggregation);
    }

    @Teardown
    public void close() {
      between.close();
    }

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
      Worker current = worker;
      if (current == null) {
        throw new IllegalStateException("it was not set up");
      }
      out.output(block.hasWhole() ? current.reduced(block) : block);
    }
  }

  /** What a worker needs, with its buffers. */
  private static final class Worker {
    private final PayloadReader reader;
    private final Reduction reduction;
    private final EventBlock.Builder out = new EventBlock.Builder();
    private final ByteWriter written = new ByteWriter();
    private final @Nullable PlainEventContribution plain;

    Worker(PayloadReader reader, EventChain between, Aggregation aggregation) {
      this.reader = reader;
      this.reduction = new Reduction(between, aggregation);
      this.plain =
          between.functions().isEmpty()
              ? PlainEventContribution.of(aggregation).orElse(null)
              : null;
    }

    EventBlock reduced(EventBlock block) {
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (!cursor.isWhole()) {
          out.add(cursor);
        } else if (plain != null && plain.write(cursor, written)) {
          out.addReduced(cursor, written);
        } else {
          add(cursor);
        }
      }
      return out.build();
    }

    private void add(EventBlock.Cursor cursor) {
      Event event = cursor.event();
      ByteWriter contribution = reduction.contributionOf(new EventView(event, reader));
      if (contribution == null) {
        out.add(cursor);
      } else {
        out.addReduced(cursor, contribution);
      }
    }
  }
}
