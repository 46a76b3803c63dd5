package dev.leat.ingest;

import dev.leat.block.AnyTime;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.health.Counters;
import java.util.Objects;
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
                ParDo.of(new BlockFn(mapping))
                    .withOutputTags(BLOCKS, TupleTagList.of(DEAD_LETTERS)));
        return Outcome.of(
            out.get(BLOCKS).setCoder(EventBlockCoder.of()),
            out.get(DEAD_LETTERS).setCoder(DeadLetterCoder.of()));
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
    /** A raw record has no event time, so its timestamp says nothing about the event's. */
    @Override
    @SuppressWarnings("deprecation") // Beam has no other way to move an element back in time.
    public Duration getAllowedTimestampSkew() {
      return AnyTime.SKEW;
    }
  }

  private static final class RecordFn extends MappingFn<RawRecord, Event> {
    private static final Counter READ = Counters.counter(Counters.READ);

    private final Mapping mapping;
    private transient @Nullable EventMapper mapper;

    RecordFn(Mapping mapping) {
      this.mapping = mapping;
    }

    @Setup
    public void open() {
      mapper = new EventMapper(mapping);
    }

    @ProcessElement
    public void process(@Element RawRecord record, MultiOutputReceiver out) {
      READ.inc();
      Event event =
          RecordParser.map(
              Objects.requireNonNull(mapper),
              record,
              RecordParser.now(),
              out.get(DEAD_LETTERS)::output);
      if (event != null) {
        out.get(EVENTS).outputWithTimestamp(event, event.timestamp());
      }
    }
  }

  private static final class BlockFn extends MappingFn<RecordBlock, EventBlock> {
    private final Mapping mapping;
    private transient @Nullable RecordParser parser;
    private transient EventBlock.@Nullable Builder events;

    BlockFn(Mapping mapping) {
      this.mapping = mapping;
    }

    @Setup
    public void open() {
      parser = new RecordParser(mapping);
      events = new EventBlock.Builder();
    }

    @ProcessElement
    public void process(@Element RecordBlock records, MultiOutputReceiver out) {
      EventBlock.Builder current = Objects.requireNonNull(events);
      Objects.requireNonNull(parser).parse(records, current::add, out.get(DEAD_LETTERS)::output);
      if (!current.isEmpty()) {
        EventBlock block = current.build();
        out.get(BLOCKS)
            .outputWithTimestamp(block, org.joda.time.Instant.ofEpochMilli(block.minMillis()));
      }
    }
  }
}
