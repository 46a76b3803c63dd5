package dev.leat.ingest;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Lineage;
import dev.leat.health.Counters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Turns raw records into events by a {@link Mapping}. Every record gives one event, at its event
 * time, or one dead letter with its bytes. Works alike on bounded and unbounded input; on unbounded
 * input the source's watermark must already be of event time, because the events keep it.
 */
public final class ParseEvents extends PTransform<PCollection<RawRecord>, Outcome<Event>> {
  private static final long serialVersionUID = 1L;

  /** The name that its dead letters carry. */
  public static final String STEP = "parse";

  private static final TupleTag<Event> EVENTS = new TupleTag<>() {};
  private static final TupleTag<EventBlock> BLOCKS = new TupleTag<>() {};
  private static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private final Mapping mapping;

  private ParseEvents(Mapping mapping) {
    this.mapping = mapping;
  }

  public static ParseEvents with(Mapping mapping) {
    return new ParseEvents(mapping);
  }

  /** The same on blocks: a block travels at its earliest event time. */
  public static PTransform<PCollection<RecordBlock>, Outcome<EventBlock>> onBlocks(
      Mapping mapping) {
    return new PTransform<>() {
      @Override
      public Outcome<EventBlock> expand(PCollection<RecordBlock> blocks) {
        PCollectionTuple out =
            blocks.apply(
                "Parse blocks",
                ParDo.of(new ApartFn(mapping))
                    .withOutputTags(BLOCKS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(BLOCKS).setCoder(EventBlockCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
      }
    };
  }

  /**
   * As {@link #onBlocks}, with the dead letters among the events, for a step that knows them there
   * ({@link EventBlock.Cursor#isLetter}). A function of two outputs ends a chain, and Flink would
   * write down every block and read it, for dead letters that there are few of.
   */
  public static PTransform<PCollection<RecordBlock>, PCollection<EventBlock>> withLettersInBlocks(
      Mapping mapping) {
    return new PTransform<>() {
      @Override
      public PCollection<EventBlock> expand(PCollection<RecordBlock> blocks) {
        return blocks
            .apply("Parse blocks", ParDo.of(new TogetherFn(mapping)))
            .setCoder(EventBlockCoder.of());
      }
    };
  }

  @Override
  public Outcome<Event> expand(PCollection<RawRecord> records) {
    PCollectionTuple out =
        records.apply(
            "Parse records",
            ParDo.of(new RecordFn(mapping)).withOutputTags(EVENTS, TupleTagList.of(DEAD_LETTERS)));
    return Outcome.of(
        out.get(EVENTS).setCoder(EventCoder.of()),
        out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
  }

  private abstract static class MappingFn<InputT, OutputT> extends DoFn<InputT, OutputT> {
    private static final Counter READ = Counters.counter(Counters.READ);
    private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

    private final Mapping mapping;
    private transient @Nullable EventMapper mapper;

    MappingFn(Mapping mapping) {
      this.mapping = mapping;
    }

    final Mapping mapping() {
      return mapping;
    }

    final void countRead(long records) {
      READ.inc(records);
    }

    @Nullable Event map(RawRecord record, Instant now, Consumer<DeadLetter> deadLetters) {
      EventMapper current = mapper;
      if (current == null) {
        current = new EventMapper(mapping);
        mapper = current;
      }
      try {
        return current.map(record, now);
      } catch (RejectedException e) {
        REFUSED.inc();
        Lineage lineage = Lineage.of(now, record.origin(), record.partition(), record.offset());
        deadLetters.accept(
            DeadLetter.of(record.data(), e.reason(), e.detail(), STEP, lineage)
                .withAttempt(record.attempt()));
        return null;
      }
    }

    static Instant now() {
      return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A raw record has no event time, so its timestamp says nothing about the event's. */
    @Override
    @SuppressWarnings("deprecation") // Beam has no other way to move an element back in time.
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }

  private static final class RecordFn extends MappingFn<RawRecord, Event> {
    RecordFn(Mapping mapping) {
      super(mapping);
    }

    @ProcessElement
    public void process(@Element RawRecord record, MultiOutputReceiver out) {
      countRead(1);
      Event event = map(record, now(), out.get(DEAD_LETTERS)::output);
      if (event != null) {
        out.get(EVENTS).outputWithTimestamp(event, event.timestamp());
      }
    }
  }

  private abstract static class BlockFn extends MappingFn<RecordBlock, EventBlock> {
    private transient @Nullable PlainEvents plain;
    private transient EventBlock.@Nullable Builder events;

    BlockFn(Mapping mapping) {
      super(mapping);
    }

    @Setup
    public void open() {
      plain = PlainEvents.of(mapping()).orElse(null);
      events = new EventBlock.Builder();
    }

    /** What is made of the block. */
    final EventBlock.Builder events() {
      return Objects.requireNonNull(events);
    }

    /** The events, and what else was put into {@link #events} meanwhile; null if nothing was. */
    final @Nullable EventBlock parse(RecordBlock records, Consumer<DeadLetter> deadLetters) {
      countRead(records.count());
      Instant now = now();
      PlainEvents fast = plain;
      RecordBlock.Cursor cursor = records.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        if (fast == null || !fast.add(records, cursor, now, events())) {
          Event event = map(cursor.record(), now, deadLetters);
          if (event != null) {
            events().add(event);
          }
        }
      }
      return events().isEmpty() ? null : events().build();
    }

    static org.joda.time.Instant timeOf(EventBlock block) {
      return org.joda.time.Instant.ofEpochMilli(block.minMillis());
    }
  }

  /** Dead letters leave apart. */
  private static final class ApartFn extends BlockFn {
    ApartFn(Mapping mapping) {
      super(mapping);
    }

    @ProcessElement
    public void process(@Element RecordBlock records, MultiOutputReceiver out) {
      EventBlock block = parse(records, out.get(DEAD_LETTERS)::output);
      if (block != null) {
        out.get(BLOCKS).outputWithTimestamp(block, timeOf(block));
      }
    }
  }

  /** Dead letters go with the events. */
  private static final class TogetherFn extends BlockFn {
    TogetherFn(Mapping mapping) {
      super(mapping);
    }

    @ProcessElement
    public void process(@Element RecordBlock records, OutputReceiver<EventBlock> out) {
      EventBlock block = parse(records, events()::addLetter);
      if (block != null) {
        out.outputWithTimestamp(block, timeOf(block));
      }
    }
  }
}
