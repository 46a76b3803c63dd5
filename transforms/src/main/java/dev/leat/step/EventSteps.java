package dev.leat.step;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import dev.leat.health.Counters;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

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
    Functions chain = new Functions(step, reader, functions);
    return new PTransform<>() {
      @Override
      public Outcome<Event> expand(PCollection<Event> events) {
        PCollectionTuple out =
            events.apply(
                "Each event",
                ParDo.of(new OnEvents(chain))
                    .withOutputTags(EVENTS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(EVENTS).setCoder(EventCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
      }
    };
  }

  /** The same on blocks: each block gives one block of what was kept. */
  public static PTransform<PCollection<EventBlock>, Outcome<EventBlock>> onBlocks(
      String step, PayloadReader reader, List<EventFunction> functions) {
    Functions chain = new Functions(step, reader, functions);
    return new PTransform<>() {
      @Override
      public Outcome<EventBlock> expand(PCollection<EventBlock> blocks) {
        PCollectionTuple out =
            blocks.apply(
                "Each block",
                ParDo.of(new OnBlocks(chain))
                    .withOutputTags(BLOCKS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(BLOCKS).setCoder(EventBlockCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
      }
    };
  }

  /** The chain itself: what both faces run. */
  private record Functions(String step, PayloadReader reader, List<EventFunction> list)
      implements java.io.Serializable {
    private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

    void open() {
      list.forEach(EventFunction::open);
    }

    void close() {
      list.forEach(EventFunction::close);
    }

    /** The event as the functions leave it, or {@code null} if it was dropped or refused. */
    @Nullable Event apply(Event event, DoFn.OutputReceiver<DeadLetter> deadLetters) {
      EventView view = new EventView(event, reader);
      try {
        for (EventFunction function : list) {
          if (!function.apply(view)) {
            Counters.counter(function.dropsCountedAs()).inc();
            return null;
          }
        }
        return view.event();
      } catch (RejectedException e) {
        REFUSED.inc();
        deadLetters.output(DeadLetter.of(event, e, step));
        return null;
      }
    }
  }

  private static final class OnEvents extends DoFn<Event, Event> {
    private final Functions functions;

    OnEvents(Functions functions) {
      this.functions = functions;
    }

    @Setup
    public void open() {
      functions.open();
    }

    @ProcessElement
    public void process(@Element Event event, MultiOutputReceiver out) {
      Event result = functions.apply(event, out.get(DEAD_LETTERS));
      if (result != null) {
        out.get(EVENTS).output(result);
      }
    }

    @Teardown
    public void close() {
      functions.close();
    }
  }

  private static final class OnBlocks extends DoFn<EventBlock, EventBlock> {
    private final Functions functions;

    OnBlocks(Functions functions) {
      this.functions = functions;
    }

    @Setup
    public void open() {
      functions.open();
    }

    @ProcessElement
    public void process(@Element EventBlock block, MultiOutputReceiver out) {
      EventBlock.Builder kept = new EventBlock.Builder();
      for (Event event : block) {
        Event result = functions.apply(event, out.get(DEAD_LETTERS));
        if (result != null) {
          kept.add(result);
        }
      }
      if (!kept.isEmpty()) {
        out.get(BLOCKS).output(kept.build());
      }
    }

    @Teardown
    public void close() {
      functions.close();
    }
  }
}
