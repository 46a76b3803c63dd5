package dev.leat.step;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Runs functions on each event, one after the other, with one reading of the payload. Order and
 * windows stay as they are.
 */
public final class EventSteps {
  private static final TupleTag<Event> EVENTS = new TupleTag<>() {};
  private static final TupleTag<EventBlock> BLOCKS = new TupleTag<>() {};
  private static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private EventSteps() {}

  /**
   * On events.
   *
   * @param step the name that dead letters carry
   */
  public static PTransform<PCollection<Event>, Outcome<Event>> onEvents(
      String step, PayloadReader reader, List<EventFunction> functions) {
    EventChain chain = new EventChain(step, functions);
    return new PTransform<>() {
      @Override
      public Outcome<Event> expand(PCollection<Event> events) {
        PCollectionTuple out =
            events.apply(
                "Each event",
                ParDo.of(new OnEvents(chain, reader))
                    .withOutputTags(EVENTS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(EVENTS).setCoder(EventCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
      }
    };
  }

  /**
   * The same on blocks: each block gives one block of what was kept. A reduced event has been
   * through these steps already.
   */
  public static PTransform<PCollection<EventBlock>, Outcome<EventBlock>> onBlocks(
      String step, PayloadReader reader, List<EventFunction> functions) {
    EventChain chain = new EventChain(step, functions);
    return new PTransform<>() {
      @Override
      public Outcome<EventBlock> expand(PCollection<EventBlock> blocks) {
        PCollectionTuple out =
            blocks.apply(
                "Each block",
                ParDo.of(new OnBlocks(chain, reader))
                    .withOutputTags(BLOCKS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(BLOCKS).setCoder(EventBlockCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
      }
    };
  }

  private static final class OnEvents extends DoFn<Event, Event> {
    private final EventChain chain;
    private final PayloadReader reader;

    OnEvents(EventChain chain, PayloadReader reader) {
      this.chain = chain;
      this.reader = reader;
    }

    @Setup
    public void open() {
      chain.open();
    }

    @ProcessElement
    public void process(@Element Event event, MultiOutputReceiver out) {
      EventView view = new EventView(event, reader);
      if (chain.apply(view, out.get(DEAD_LETTERS)::output)) {
        out.get(EVENTS).output(view.event());
      }
    }

    @Teardown
    public void close() {
      chain.close();
    }
  }

  private static final class OnBlocks extends DoFn<EventBlock, EventBlock> {
    private final EventChain chain;
    private final PayloadReader reader;

    OnBlocks(EventChain chain, PayloadReader reader) {
      this.chain = chain;
      this.reader = reader;
    }

    @Setup
    public void open() {
      chain.open();
    }

    @ProcessElement
    public void process(@Element EventBlock block, MultiOutputReceiver out) {
      EventBlock.Builder kept = new EventBlock.Builder();
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (!cursor.isWhole()) {
          kept.add(cursor);
          continue;
        }
        EventView view = new EventView(cursor.event(), reader);
        if (chain.apply(view, out.get(DEAD_LETTERS)::output)) {
          kept.add(view.event());
        }
      }
      if (!kept.isEmpty()) {
        out.get(BLOCKS).output(kept.build());
      }
    }

    @Teardown
    public void close() {
      chain.close();
    }
  }
}
