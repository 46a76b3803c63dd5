package dev.leat.quality;

import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.range.LongRanges;
import dev.leat.window.WindowSpec;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a result, or the events it is made of, must be like. Whether it is depends on the events
 * alone, never on their order.
 */
public abstract class QualityRule implements Serializable {
  private static final long serialVersionUID = 1L;

  QualityRule() {}

  /**
   * At most this share of the events lack the field: it is missing, is a JSON null, is an empty
   * cell of CSV or an empty group of text, or cannot be read because the payload is not what its
   * content type says. An empty JSON text is a value. Without events it holds.
   */
  public static QualityRule nulls(FieldRef field, Share atMost) {
    return new NullShare(field, atMost);
  }

  /**
   * Of the events that have the field, all but this share have a number from {@code least} to
   * {@code most}, both included. What is not a number is outside. Without such events it holds.
   *
   * @throws IllegalArgumentException if {@code least} is more than {@code most}
   */
  public static QualityRule between(
      FieldRef field, BigDecimal least, BigDecimal most, Share except) {
    return new OutOfRange(field, least, most, except);
  }

  /**
   * No window has fewer events, by more than this share, than the window that began {@code against}
   * before it. A window without any event counts as one of 0 events, if there are events after it.
   *
   * <p>Not compared are windows for which the one before has no events, and those that end after
   * the last event, because they may still be filling; see {@link CheckQuality#completeUntil}.
   *
   * @throws IllegalArgumentException if the windows are sessions, which have no window before them,
   *     or {@code against} is not a multiple of what lies between the begin of one and the next
   */
  public static QualityRule volume(Share dropMoreThan, Duration against, WindowSpec windows) {
    return new VolumeDrop(dropMoreThan, against, windows);
  }

  /**
   * The result has this many rows.
   *
   * @param least 0 or more
   * @param most absent for no limit
   * @throws IllegalArgumentException if {@code least} is negative or more than {@code most}
   */
  public static QualityRule rows(long least, Optional<Long> most) {
    return new RowCount(least, most.orElse(null));
  }

  /**
   * The rule for a part of a result.
   *
   * @param windowStarts when the part's windows start, in epoch milliseconds; a rule that compares
   *     windows judges these only, and must see the events of those it compares them with too
   * @param rowsBeside how many rows the result has outside the part
   */
  public QualityRule ofPart(LongRanges windowStarts, long rowsBeside) {
    return this;
  }

  /** How long before its own a window begins that it is compared with; empty if it is with none. */
  public Optional<Duration> comparedWith() {
    return Optional.empty();
  }

  /** Counts an event by its time. */
  void count(long millis, Cells cells) {}

  /** Whether {@link #look} must see the event. */
  boolean looksAtFields() {
    return false;
  }

  /**
   * Counts an event by its fields.
   *
   * @return whether the event breaks the rule
   */
  boolean look(EventView event, Cells cells) {
    return false;
  }

  /**
   * What all counts say against the rule.
   *
   * @param cells this rule's own counts
   * @param completeUntil windows that end after it are still filling
   * @return numbers and what was expected; {@code null} if it holds
   */
  abstract @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil);

  /** How many events break a rule about a field; 0 for others. */
  long violations(Map<Long, Long> cells) {
    return 0;
  }

  /** As a workflow writes it. */
  @Override
  public abstract String toString();

  /** A rule's own counts, by numbers that it chooses. */
  interface Cells {
    void increment(long cell);
  }
}
