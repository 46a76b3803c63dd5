package dev.leat.aggregate;

import com.google.common.collect.ImmutableSet;
import dev.leat.aggregate.Measure.Function;
import dev.leat.bytes.ByteWriter;
import dev.leat.field.FieldRef;
import dev.leat.field.PlainJson;
import dev.leat.field.PlainJson.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Writes what an event adds as {@link Aggregation#writeContribution} does, from a plain payload.
 * What it cannot write it leaves to that.
 *
 * <p>Not for more than one thread.
 */
public final class PlainContribution {
  /** Of these a measure needs the payload only. */
  private static final ImmutableSet<Function> OF_PAYLOAD =
      ImmutableSet.of(
          Function.COUNT,
          Function.SUM,
          Function.MIN,
          Function.MAX,
          Function.AVG,
          Function.TOP,
          Function.DISTINCT,
          Function.APPROX_DISTINCT);

  private static final int NONE = -1;
  private static final int MOST_DIGITS = 18;

  private final int[] by;
  private final List<Input> inputs;
  private final ByteWriter group = new ByteWriter(64);

  private record Input(Measure measure, Function function, int place) {}

  private PlainContribution(int[] by, List<Input> inputs) {
    this.by = by;
    this.inputs = inputs;
  }

  /** The places that it reads; empty if it cannot write what events add to this aggregation. */
  public static Optional<List<FieldRef>> places(Aggregation aggregation) {
    List<FieldRef> places = new ArrayList<>(aggregation.by().values());
    for (Measure measure : aggregation.allMeasures()) {
      measure.field().ifPresent(places::add);
      if (!OF_PAYLOAD.contains(measure.function())) {
        return Optional.empty();
      }
    }
    return places.stream().allMatch(FieldRef::isInPayload) ? Optional.of(places) : Optional.empty();
  }

  /**
   * @param numbers tells the number that each of {@link #places} has in the payload
   */
  public static PlainContribution of(Aggregation aggregation, ToIntFunction<FieldRef> numbers) {
    return new PlainContribution(
        aggregation.by().values().stream().mapToInt(numbers).toArray(),
        aggregation.allMeasures().stream()
            .map(
                measure ->
                    new Input(
                        measure,
                        measure.function(),
                        measure.field().isPresent()
                            ? numbers.applyAsInt(measure.field().get())
                            : NONE))
            .toList());
  }

  /**
   * Writes what the event of a payload adds.
   *
   * @return whether it could; if not, {@code out} has something in it that is not to be used
   */
  public boolean write(PlainJson payload, ByteWriter out) {
    group.clear();
    for (int place : by) {
      if (!payload.writeText(place, group)) {
        return false;
      }
    }
    out.writeBytes(group);
    for (int i = 0; i < inputs.size(); i++) {
      if (!write(inputs.get(i), payload, out)) {
        return false;
      }
    }
    return true;
  }

  private static boolean write(Input input, PlainJson payload, ByteWriter out) {
    int place = input.place;
    boolean absent =
        place != NONE && (payload.kind(place) == Kind.MISSING || payload.kind(place) == Kind.NULL);
    switch (input.function) {
      case COUNT:
        out.writeVarint(absent ? 0 : 1);
        return true;
      case SUM, MIN, MAX:
        return writeNumber(absent, payload, place, out);
      case AVG:
        out.writeVarint(absent ? 0 : 1);
        return writeNumber(absent, payload, place, out);
      case TOP:
        if (!absent && !isNumber(payload, place)) {
          return false;
        }
        AccumulatorColumn.writeInput(
            input.measure, absent ? null : new BigDecimal(payload.text(place)), out);
        return true;
      default:
        if (!absent && payload.kind(place) != Kind.TEXT) {
          return false;
        }
        AccumulatorColumn.writeInput(input.measure, absent ? null : payload.text(place), out);
        return true;
    }
  }

  private static boolean writeNumber(boolean absent, PlainJson payload, int place, ByteWriter out) {
    if (absent) {
      Decimals.write(null, out);
      return true;
    }
    if (!isNumber(payload, place)) {
      return false;
    }
    byte[] bytes = payload.bytes();
    int from = payload.from(place);
    int to = payload.to(place);
    boolean negative = bytes[from] == '-';
    long digits = 0;
    int scale = 0;
    for (int i = negative ? from + 1 : from; i < to; i++) {
      if (bytes[i] == '.') {
        scale = to - i - 1;
      } else {
        digits = digits * 10 + bytes[i] - '0';
      }
    }
    Decimals.write(negative ? -digits : digits, scale, out);
    return true;
  }

  /** Whether it is a number that a long holds; longer ones are rare. */
  private static boolean isNumber(PlainJson payload, int place) {
    Kind kind = payload.kind(place);
    return (kind == Kind.INTEGER || kind == Kind.DECIMAL)
        && payload.to(place) - payload.from(place) <= MOST_DIGITS;
  }
}
