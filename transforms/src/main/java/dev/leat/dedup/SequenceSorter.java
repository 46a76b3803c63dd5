package dev.leat.dedup;

import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.health.Counters;
import dev.leat.range.LongRanges;
import java.util.Objects;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.values.TupleTag;

/** What a group and a state do alike with the events of a producer. */
final class SequenceSorter {
  static final TupleTag<EventBlock> KEPT = new TupleTag<>() {};
  static final TupleTag<SequenceGap> GAPS = new TupleTag<>() {};
  static final TupleTag<DeadLetter> DEAD_LETTERS = new TupleTag<>() {};

  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);
  private static final Counter REPORTED = Counters.counter(Counters.GAPS);

  private final ProducerState producer;
  private final MultiOutputReceiver out;
  private final Sorter sorter;

  SequenceSorter(ProducerState producer, MultiOutputReceiver out) {
    this.producer = producer;
    this.out = out;
    this.sorter = new Sorter(out.get(KEPT), null);
  }

  void sort(EventBlock block) {
    EventBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      Event event = cursor.event();
      try {
        long number = Objects.requireNonNull(event.sequence());
        sorter.sort(cursor, producer.offer(number, cursor.millis()));
      } catch (RejectedException e) {
        REFUSED.inc();
        out.get(DEAD_LETTERS).output(DeadLetter.of(event, e, BySequence.STEP));
      }
    }
  }

  /** Emits what is left. */
  void finish() {
    sorter.finish();
  }

  static void report(String source, LongRanges gaps, OutputReceiver<SequenceGap> out) {
    for (LongRanges.Range gap : gaps.ranges()) {
      REPORTED.inc();
      out.output(SequenceGap.of(source, gap.start(), gap.end() - 1));
    }
  }
}
