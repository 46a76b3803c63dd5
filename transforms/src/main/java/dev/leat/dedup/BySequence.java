package dev.leat.dedup;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.EventsOfBlocks;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Drops repeats by {@code (source, sequence)}, the producer's own consecutive numbers, and reports
 * which numbers did not come.
 *
 * <pre>{@code
 * Sequenced<Event> kept = events.apply("Drop repeats", DropDuplicates.bySequence());
 * kept.gaps().apply("Tell", …);
 * kept.failuresTo(rejected).apply(…);
 * }</pre>
 *
 * <p>A repeat is told however late it comes, and no event is late. Kept events leave at once, in
 * the order they come. Live, a gap is reported once, when the watermark is one to two times {@link
 * #reportAfter} past the event that showed it, if it is still open; a number that comes after that
 * is kept all the same. On bounded input gaps are what is missing at the end. A gap lies between
 * numbers that came: what was lost before a producer's first number or after its last is not seen.
 * Each reported gap is counted as {@code gaps}.
 *
 * <p>State live: for each producer the ranges of its numbers, for ever; 64 bytes or less of one in
 * order, however many events it sent. An event without a number is a dead letter, and so is, once a
 * producer's numbers are in 100,000 runs, one that would begin another. It must come before
 * windows.
 */
public final class BySequence extends PTransform<PCollection<Event>, Sequenced<Event>> {
  private static final long serialVersionUID = 1L;
  static final String STEP = "sequence";

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private final Duration reportAfter;

  private BySequence(Duration reportAfter) {
    this.reportAfter = reportAfter;
  }

  static BySequence withDefaults() {
    return new BySequence(Duration.ofHours(1));
  }

  /**
   * How long a live run waits, in event time, for missing numbers before it reports them; 1 s to 30
   * d, by default an hour.
   *
   * @throws IllegalArgumentException if it is not
   */
  public BySequence reportAfter(Duration wait) {
    if (wait.compareTo(SHORTEST) < 0 || wait.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "reportAfter: expected 1s to 30d, got " + WindowSpec.text(wait));
    }
    return new BySequence(wait);
  }

  /** The same on blocks. */
  public PTransform<PCollection<EventBlock>, Sequenced<EventBlock>> onBlocks() {
    return new PTransform<>() {
      @Override
      public Sequenced<EventBlock> expand(PCollection<EventBlock> blocks) {
        return sort(blocks, new BySource.OfBlocks(), reportAfter);
      }
    };
  }

  @Override
  public Sequenced<Event> expand(PCollection<Event> events) {
    if (!(events.getWindowingStrategy().getWindowFn() instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          "DropDuplicates: expected to come before windows, got "
              + events.getWindowingStrategy().getWindowFn().getClass().getSimpleName());
    }
    Sequenced<EventBlock> blocks = sort(events, new BySource.OfEvents(), reportAfter);
    PCollection<Event> kept =
        blocks
            .output()
            .apply("Kept events", ParDo.of(new EventsOfBlocks()))
            .setCoder(EventCoder.of());
    return Sequenced.of(Outcome.of(kept, blocks.deadLetters()), blocks.gaps());
  }

  private static <T> Sequenced<EventBlock> sort(
      PCollection<T> input, BySource<T> bySource, Duration reportAfter) {
    PCollectionTuple routed =
        input.apply(
            "By source",
            ParDo.of(bySource)
                .withOutputTags(BySource.BLOCKS, TupleTagList.of(BySource.DEAD_LETTERS)));
    PCollection<KV<String, EventBlock>> blocks =
        routed.get(BySource.BLOCKS).setCoder(BySource.CODER);
    boolean live = blocks.isBounded() == IsBounded.UNBOUNDED;
    PCollectionTuple sorted =
        live
            ? blocks.apply("Remember sequences", tagged(new RememberSequences(joda(reportAfter))))
            : blocks
                .apply(
                    "Hold the watermark", DropDuplicates.timestampsOf(TimestampCombiner.EARLIEST))
                .apply("Bring together", GroupByKey.create())
                .apply("Group sequences", tagged(new GroupSequences()));
    PCollection<EventBlock> kept = sorted.get(SequenceSorter.KEPT).setCoder(EventBlockCoder.of());
    PCollection<SequenceGap> gaps = sorted.get(SequenceSorter.GAPS).setCoder(SequenceGapCoder.of());
    PCollection<DeadLetter> refused =
        sorted.get(SequenceSorter.DEAD_LETTERS).setCoder(DeadLetterCoder.of());
    if (!live) {
      kept = kept.apply("Let it go", DropDuplicates.timestampsOf(TimestampCombiner.END_OF_WINDOW));
      gaps =
          gaps.apply("Let gaps go", DropDuplicates.timestampsOf(TimestampCombiner.END_OF_WINDOW));
      refused =
          refused.apply(
              "Let refused go", DropDuplicates.timestampsOf(TimestampCombiner.END_OF_WINDOW));
    }
    PCollection<DeadLetter> all =
        PCollectionList.of(routed.get(BySource.DEAD_LETTERS).setCoder(DeadLetterCoder.of()))
            .and(refused)
            .apply("All refused", Flatten.pCollections());
    return Sequenced.of(Outcome.of(kept, all), gaps);
  }

  private static <T> ParDo.MultiOutput<T, EventBlock> tagged(DoFn<T, EventBlock> step) {
    return ParDo.of(step)
        .withOutputTags(
            SequenceSorter.KEPT,
            TupleTagList.of(SequenceSorter.GAPS).and(SequenceSorter.DEAD_LETTERS));
  }

  private static org.joda.time.Duration joda(Duration duration) {
    return org.joda.time.Duration.millis(duration.toMillis());
  }
}
