package dev.leat.quality;

import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.event.Event;
import dev.leat.field.PayloadReader;
import dev.leat.wait.Total;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Checks rules on the events that a result is made of, and on its rows. The job fails with {@link
 * QualityRefusedException}, which names every broken rule with its numbers; or all rules hold, and
 * each is told as a line. Until then {@link dev.leat.wait.HoldBack} keeps the rows from their sink.
 *
 * <pre>{@code
 * PCollection<String> kept =
 *     events.apply("Check", CheckQuality.of(rules).withRows(rows));
 * rows.apply("Hold back", HoldBack.until(kept)).apply("Write", …);
 * }</pre>
 *
 * <p>For bounded input: a live run has no end at which to judge it; {@link CountViolations} counts
 * there instead. The verdict is the same in any order of arrival. Repeats count as often as they
 * come, so it stands after {@link dev.leat.dedup.DropDuplicates}.
 *
 * <p>In memory: two numbers for each window, if there is a rule about volume.
 */
public final class CheckQuality extends PTransform<PCollection<Event>, PCollection<String>> {
  private static final long serialVersionUID = 1L;

  private final List<QualityRule> rules;
  private final PayloadReader reader;
  private final @Nullable Instant completeUntil;
  private final transient Optional<PCollection<Row>> rows;

  private CheckQuality(
      List<QualityRule> rules,
      PayloadReader reader,
      @Nullable Instant completeUntil,
      Optional<PCollection<Row>> rows) {
    this.rules = List.copyOf(rules);
    this.reader = reader;
    this.completeUntil = completeUntil;
    this.rows = rows;
  }

  /** Rules that must hold, all of them. */
  public static CheckQuality of(List<QualityRule> rules) {
    return new CheckQuality(rules, PayloadReader.plain(), null, Optional.empty());
  }

  /** Whether a rule needs more of events than their times. */
  public static boolean looksAtFields(List<QualityRule> rules) {
    return rules.stream().anyMatch(QualityRule::looksAtFields);
  }

  /** How payloads are read; needed for text lines. Default: by content type. */
  public CheckQuality withReader(PayloadReader reader) {
    return new CheckQuality(rules, reader, completeUntil, rows);
  }

  /** The rows that {@link QualityRule#rows} counts. Default none. */
  public CheckQuality withRows(PCollection<Row> rows) {
    return new CheckQuality(rules, reader, completeUntil, Optional.of(rows));
  }

  /**
   * The time until which all events are there, so that windows that end until then are full, also
   * if they are empty. Default: the time of the last event.
   */
  public CheckQuality completeUntil(Instant time) {
    return new CheckQuality(rules, reader, time, rows);
  }

  /**
   * The same on blocks.
   *
   * @param completeUntil absent for the time of the last event
   */
  public static PTransform<PCollection<EventBlock>, PCollection<String>> onBlocks(
      List<QualityRule> rules,
      PayloadReader reader,
      Optional<Instant> completeUntil,
      PCollection<RowBlock> rows) {
    return new PTransform<>() {
      @Override
      public PCollection<String> expand(PCollection<EventBlock> blocks) {
        return judge(tally(blocks, rules, reader, rows), rules, completeUntil);
      }
    };
  }

  /** One tally of all. */
  static PCollection<Tally> tally(
      PCollection<EventBlock> blocks,
      List<QualityRule> rules,
      PayloadReader reader,
      PCollection<RowBlock> rows) {
    PCollection<Tally> ofEvents = count(blocks, "events", new CountEvents.OfBlocks(rules, reader));
    return sum(PCollectionList.of(ofEvents).and(count(rows, "rows", new CountRows.OfBlocks())));
  }

  @Override
  public PCollection<String> expand(PCollection<Event> events) {
    PCollectionList<Tally> tallies =
        PCollectionList.of(count(events, "events", new CountEvents.OfEvents(rules, reader)));
    if (rows.isPresent()) {
      tallies = tallies.and(count(rows.get(), "rows", new CountRows.OfRows()));
    }
    return judge(sum(tallies), rules, Optional.ofNullable(completeUntil));
  }

  private static <T> PCollection<Tally> count(
      PCollection<T> elements, String name, DoFn<T, Tally> count) {
    if (elements.isBounded() == IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(
          "quality: expected bounded " + name + ": a live run has no end at which to judge it");
    }
    return elements
        .apply("All " + name, Window.<T>into(new GlobalWindows()))
        .apply("Count " + name, ParDo.of(count))
        .setCoder(Tally.TallyCoder.of());
  }

  private static PCollection<Tally> sum(PCollectionList<Tally> tallies) {
    return tallies
        .apply("All counts", Flatten.pCollections())
        .apply("Sum of counts", Total.of(Tally.sum(List.of()), Tally::sum));
  }

  private static PCollection<String> judge(
      PCollection<Tally> tally, List<QualityRule> rules, Optional<Instant> completeUntil) {
    return tally
        .apply("Judge", ParDo.of(new Judge(rules, completeUntil)))
        .setCoder(StringUtf8Coder.of());
  }
}
