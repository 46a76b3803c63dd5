package dev.leat.dedup;

import dev.leat.block.AnyTime;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.health.Counters;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a bundle's events in blocks by their producer; those without a number are refused. A
 * block leaves when it is full or at the end of the bundle, at its earliest event time.
 */
abstract class BySource<InputT> extends DoFn<InputT, KV<String, EventBlock>> {
  static final TupleTag<KV<String, EventBlock>> BLOCKS = new TupleTag<>() {};
  static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};
  static final KvCoder<String, EventBlock> CODER =
      KvCoder.of(StringUtf8Coder.of(), EventBlockCoder.of());

  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

  private transient @Nullable Map<String, EventBlock.Builder> builders;

  @StartBundle
  public void start() {
    builders = new HashMap<>();
  }

  final void add(Event event, MultiOutputReceiver out) {
    Map<String, EventBlock.Builder> current = builders;
    if (current == null) {
      throw new IllegalStateException("no bundle has begun");
    }
    if (event.sequence() == null) {
      REFUSED.inc();
      RejectedException fault =
          new RejectedException(Reason.MISSING_FIELD, "sequence: the sequence is missing");
      out.get(DEAD_LETTERS).output(DeadLetter.of(event, fault, BySequence.STEP));
      return;
    }
    EventBlock.Builder builder =
        current.computeIfAbsent(event.source(), source -> new EventBlock.Builder());
    builder.add(event);
    if (builder.isFull()) {
      EventBlock block = builder.build();
      out.get(BLOCKS).outputWithTimestamp(KV.of(event.source(), block), timeOf(block));
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    Map<String, EventBlock.Builder> current = builders;
    if (current == null) {
      return;
    }
    current.forEach(
        (source, builder) -> {
          if (!builder.isEmpty()) {
            EventBlock block = builder.build();
            context.output(BLOCKS, KV.of(source, block), timeOf(block), GlobalWindow.INSTANCE);
          }
        });
  }

  /** A full block leaves with a later event of its bundle, at the time of its earliest. */
  @Override
  @SuppressWarnings("deprecation") // Beam has no other way to place an output in time.
  public Duration getAllowedTimestampSkew() {
    return AnyTime.SKEW;
  }

  private static Instant timeOf(EventBlock block) {
    return Instant.ofEpochMilli(block.minMillis());
  }

  static final class OfEvents extends BySource<Event> {
    @ProcessElement
    public void process(@Element Event event, MultiOutputReceiver out) {
      add(event, out);
    }
  }

  static final class OfBlocks extends BySource<EventBlock> {
    @ProcessElement
    public void process(@Element EventBlock block, MultiOutputReceiver out) {
      for (Event event : block) {
        add(event, out);
      }
    }
  }
}
