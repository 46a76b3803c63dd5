package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.Values;
import org.jspecify.annotations.Nullable;

/**
 * What has been gathered for one measure of one group, where that is more than a number: see {@link
 * Column}. Adding and merging commute and associate: any order gives the same {@link #result()}.
 */
interface Accumulator {
  /** Adds what {@link #inputOf} read from an event; never {@code null}. */
  void add(Object input);

  void write(ByteWriter out);

  /** Merges what another accumulator of the same measure wrote. */
  void merge(ByteReader in);

  /** The result as Beam's Row has it. */
  @Nullable Object result();

  /** An empty accumulator. */
  static Accumulator of(Measure measure) {
    switch (measure.function()) {
      case TOP:
        return new Numbers.Top((int) measure.parameter());
      case DISTINCT:
        return new Distinct();
      case APPROX_DISTINCT:
        return new ApproxDistinct();
      case QUANTILE:
        return new Quantile(measure.parameter());
      case FIRST:
        return new Edge(true);
      case LAST:
        return new Edge(false);
      default:
        throw new IllegalStateException("a column gathers it: " + measure);
    }
  }

  /**
   * What the measure takes of an event; {@code null} if the event has nothing for it. Read for all
   * measures before any is added, so that an event is counted wholly or not at all.
   *
   * @throws dev.leat.deadletter.RejectedException if the event's value cannot be used
   */
  static @Nullable Object inputOf(Measure measure, EventView event) {
    if (measure.field().isEmpty()) {
      return Boolean.TRUE;
    }
    FieldRef field = measure.field().get();
    switch (measure.function()) {
      case COUNT:
        return Values.isAbsent(event.at(field)) ? null : Boolean.TRUE;
      case SUM:
      case MIN:
      case MAX:
      case AVG:
      case TOP:
        return Numbers.input(Values.number(event.at(field), field), field);
      case QUANTILE:
        return Quantile.input(Values.number(event.at(field), field), field);
      case DISTINCT:
      case APPROX_DISTINCT:
        return Values.text(event.at(field), field);
      case FIRST:
      case LAST:
        String value = Values.text(event.at(field), field);
        return value == null ? null : Edge.candidate(event.event(), value);
    }
    throw new IllegalStateException("no such measure: " + measure);
  }
}
