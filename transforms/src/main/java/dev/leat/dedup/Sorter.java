package dev.leat.dedup;

import dev.leat.block.EventBlock;
import dev.leat.health.Counters;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sends events where their verdict says, in blocks, and counts what is dropped. */
final class Sorter {
  private static final Counter REPEATS = Counters.counter(Counters.REPEATS);
  private static final Counter CONFLICTING = Counters.counter(Counters.CONFLICTING);
  private static final Counter LATE = Counters.counter(Counters.LATE);

  private final EventBlock.Builder kept;
  private final EventBlock.Builder late = new EventBlock.Builder();
  private final OutputReceiver<EventBlock> keptOut;
  private final @Nullable OutputReceiver<EventBlock> lateOut;

  /**
   * @param lateOut where late events go; {@code null} where there can be none
   */
  Sorter(OutputReceiver<EventBlock> keptOut, @Nullable OutputReceiver<EventBlock> lateOut) {
    this(keptOut, lateOut, new EventBlock.Builder());
  }

  /** Of the events of one block, most of which are likely to be new. */
  static Sorter of(
      EventBlock block, OutputReceiver<EventBlock> keptOut, OutputReceiver<EventBlock> lateOut) {
    return new Sorter(keptOut, lateOut, new EventBlock.Builder(block.size()));
  }

  private Sorter(
      OutputReceiver<EventBlock> keptOut,
      @Nullable OutputReceiver<EventBlock> lateOut,
      EventBlock.Builder kept) {
    this.kept = kept;
    this.keptOut = keptOut;
    this.lateOut = lateOut;
  }

  void sort(EventBlock.Cursor event, Verdict verdict) {
    switch (verdict) {
      case NEW:
        kept.add(event);
        if (kept.isFull()) {
          emit(kept, keptOut);
        }
        break;
      case LATE:
        LATE.inc();
        late.add(event);
        break;
      case CONFLICTING:
        CONFLICTING.inc();
        REPEATS.inc();
        break;
      case REPEAT:
        REPEATS.inc();
    }
  }

  /** Emits what is left. */
  void finish() {
    emit(kept, keptOut);
    OutputReceiver<EventBlock> out = lateOut;
    if (out != null) {
      emit(late, out);
    }
  }

  private static void emit(EventBlock.Builder builder, OutputReceiver<EventBlock> out) {
    if (!builder.isEmpty()) {
      EventBlock block = builder.build();
      out.outputWithTimestamp(block, Instant.ofEpochMilli(block.minMillis()));
    }
  }
}
