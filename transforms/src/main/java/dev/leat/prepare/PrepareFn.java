package dev.leat.prepare;

import dev.leat.block.AnyTime;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.field.EventView;
import dev.leat.health.Counters;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.RawRecord;
import dev.leat.step.EventChain;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes of a block of records one of events, and dead letters. */
abstract class PrepareFn extends DoFn<RecordBlock, EventBlock> {
  private static final Counter READ = Counters.counter(Counters.READ);
  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

  private final Mapping mapping;
  private final List<EventChain> steps;
  private final ReduceRecords.@Nullable Target target;
  private transient @Nullable EventMapper mapper;
  private transient EventBlock.@Nullable Builder events;
  private transient @Nullable PlainReduction plain;
  private transient @Nullable Reduction reduction;

  PrepareFn(Mapping mapping, List<EventChain> steps, ReduceRecords.@Nullable Target target) {
    this.mapping = mapping;
    this.steps = steps;
    this.target = target;
  }

  @Setup
  public void open() {
    mapper = new EventMapper(mapping);
    events = new EventBlock.Builder();
    steps.forEach(EventChain::open);
    if (target != null) {
      target.between().open();
      reduction = new Reduction(target.between(), target.aggregation());
      if (steps.isEmpty() && target.between().functions().isEmpty()) {
        plain = PlainReduction.of(mapping, target.aggregation()).orElse(null);
      }
    }
  }

  @Teardown
  public void close() {
    steps.forEach(EventChain::close);
    if (target != null) {
      target.between().close();
    }
  }

  final @Nullable EventBlock prepare(RecordBlock records, Consumer<DeadLetter> deadLetters) {
    READ.inc(records.count());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    PlainReduction fast = plain;
    RecordBlock.Cursor cursor = records.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      if (fast == null || !fast.add(cursor, now, events())) {
        add(cursor.record(), now, deadLetters);
      }
    }
    return events().isEmpty() ? null : events().build();
  }

  /** What is made of the block. */
  final EventBlock.Builder events() {
    return Objects.requireNonNull(events);
  }

  private void add(RawRecord record, Instant now, Consumer<DeadLetter> deadLetters) {
    EventView view = view(record, now, deadLetters);
    if (view == null) {
      return;
    }
    for (EventChain step : steps) {
      if (!step.apply(view, deadLetters)) {
        return;
      }
    }
    Event event = view.event();
    ByteWriter contribution = reduction == null ? null : reduction.contributionOf(view);
    if (contribution == null) {
      events().add(event);
    } else {
      events().addReduced(event, contribution);
    }
  }

  private @Nullable EventView view(
      RawRecord record, Instant now, Consumer<DeadLetter> deadLetters) {
    try {
      return Objects.requireNonNull(mapper).view(record, now);
    } catch (RejectedException e) {
      REFUSED.inc();
      deadLetters.accept(record.refused(e, now));
      return null;
    }
  }

  /** A raw record has no event time, so its timestamp says nothing about the event's. */
  @Override
  @SuppressWarnings("deprecation") // Beam has no other way to move an element back in time.
  public Duration getAllowedTimestampSkew() {
    return AnyTime.SKEW;
  }

  private static org.joda.time.Instant timeOf(EventBlock block) {
    return org.joda.time.Instant.ofEpochMilli(block.minMillis());
  }

  /** Dead letters leave here. */
  static final class Whole extends PrepareFn {
    Whole(Mapping mapping, List<EventChain> steps) {
      super(mapping, steps, null);
    }

    @ProcessElement
    public void process(@Element RecordBlock records, MultiOutputReceiver out) {
      EventBlock block = prepare(records, out.get(PrepareEvents.DEAD_LETTERS)::output);
      if (block != null) {
        out.get(PrepareEvents.BLOCKS).outputWithTimestamp(block, timeOf(block));
      }
    }
  }

  /** Dead letters go with the events. */
  static final class Reduced extends PrepareFn {
    Reduced(Mapping mapping, List<EventChain> steps, ReduceRecords.Target target) {
      super(mapping, steps, target);
    }

    @ProcessElement
    public void process(@Element RecordBlock records, OutputReceiver<EventBlock> out) {
      EventBlock block = prepare(records, events()::addLetter);
      if (block != null) {
        out.outputWithTimestamp(block, timeOf(block));
      }
    }
  }
}
