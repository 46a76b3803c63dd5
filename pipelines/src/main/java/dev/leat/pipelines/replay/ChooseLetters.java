package dev.leat.pipelines.replay;

import com.google.common.hash.Hashing;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Reason;
import dev.leat.event.Lineage;
import dev.leat.ingest.ParseEvents;
import java.time.Instant;
import java.util.Comparator;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Of the dead letters with the same bytes, which are one record that came or was replayed several
 * times, the newest attempt: once more, unless it was replayed as often as it may, or is not whole.
 * Each comes out with the number of its next attempt. Bounded input only.
 */
final class ChooseLetters extends PTransform<PCollection<DeadLetter>, PCollection<DeadLetter>> {
  private static final long serialVersionUID = 1L;

  private final ReplayFilter filter;
  private final int maxAttempts;
  private final boolean takesPayloads;

  /**
   * @param takesPayloads whether the payload of an event, which is what later steps keep of it, is
   *     a record by itself
   */
  ChooseLetters(ReplayFilter filter, int maxAttempts, boolean takesPayloads) {
    this.filter = filter;
    this.maxAttempts = maxAttempts;
    this.takesPayloads = takesPayloads;
  }

  @Override
  public PCollection<DeadLetter> expand(PCollection<DeadLetter> letters) {
    return letters
        .apply("By their bytes", ParDo.of(new ByBytes()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), DeadLetterCoder.of()))
        .apply("Hold the watermark", timestampsOf(TimestampCombiner.EARLIEST))
        .apply("Together", GroupByKey.create())
        .apply("Newest", ParDo.of(new Newest(filter, maxAttempts, takesPayloads)))
        .setCoder(DeadLetterCoder.of())
        .apply("Let it go", timestampsOf(TimestampCombiner.END_OF_WINDOW));
  }

  /** What comes of a group is read at its own times, see docs/adr/0006. */
  private static <T> Window<T> timestampsOf(TimestampCombiner combiner) {
    return Window.<T>configure().withTimestampCombiner(combiner);
  }

  private static final class ByBytes extends DoFn<DeadLetter, KV<String, DeadLetter>> {
    private static final long serialVersionUID = 1L;
    private static final Counter READ = ReplayCounters.counter(ReplayCounters.READ);

    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<KV<String, DeadLetter>> out) {
      READ.inc();
      out.output(KV.of(Hashing.sha256().hashBytes(letter.data().toByteArray()).toString(), letter));
    }
  }

  private static final class Newest extends DoFn<KV<String, Iterable<DeadLetter>>, DeadLetter> {
    private static final long serialVersionUID = 1L;
    private static final Counter REPEATS = ReplayCounters.counter(ReplayCounters.REPEATS);
    private static final Counter FILTERED = ReplayCounters.counter(ReplayCounters.FILTERED);
    private static final Counter GIVEN_UP = ReplayCounters.counter(ReplayCounters.GIVEN_UP);
    private static final Counter NOT_WHOLE = ReplayCounters.counter(ReplayCounters.NOT_WHOLE);
    private static final Counter REPLAYED = ReplayCounters.counter(ReplayCounters.REPLAYED);

    /** Any of the copies is as good; which one is taken must not depend on their order. */
    private static final Comparator<DeadLetter> NEWEST =
        Comparator.comparingInt(DeadLetter::attempt)
            .thenComparing(letter -> lineage(letter).time())
            .thenComparing(letter -> lineage(letter).origin())
            .thenComparing(letter -> lineage(letter).partition())
            .thenComparing(letter -> lineage(letter).offset())
            .thenComparing(DeadLetter::detail);

    private final ReplayFilter filter;
    private final int maxAttempts;
    private final boolean takesPayloads;

    Newest(ReplayFilter filter, int maxAttempts, boolean takesPayloads) {
      this.filter = filter;
      this.maxAttempts = maxAttempts;
      this.takesPayloads = takesPayloads;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<DeadLetter>> copies, OutputReceiver<DeadLetter> out) {
      DeadLetter newest = null;
      for (DeadLetter copy : copies.getValue()) {
        if (newest != null) {
          REPEATS.inc();
        }
        newest = newest == null || NEWEST.compare(copy, newest) > 0 ? copy : newest;
      }
      if (newest == null) {
        return;
      }
      if (!filter.takes(newest)) {
        FILTERED.inc();
      } else if (!isWhole(newest)) {
        NOT_WHOLE.inc();
      } else if (newest.attempt() >= maxAttempts) {
        GIVEN_UP.inc();
      } else {
        REPLAYED.inc();
        out.output(newest.withAttempt(newest.attempt() + 1));
      }
    }

    /** What could not be read whole is kept as its beginning; a step keeps an event's payload. */
    private boolean isWhole(DeadLetter letter) {
      return letter.reason() != Reason.UNREADABLE
          && (takesPayloads || letter.step().equals(ParseEvents.STEP));
    }

    private static Lineage lineage(DeadLetter letter) {
      Lineage ingest = letter.ingest();
      return ingest == null ? Lineage.of(Instant.EPOCH, "", 0, 0) : ingest;
    }
  }
}
