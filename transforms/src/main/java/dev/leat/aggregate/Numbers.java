package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.FieldRef;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The measures of exact numbers, with {@link DecimalColumn}. Nothing is rounded on the way; a
 * result is rounded once, half to even, to {@value #SCALE} digits after the point. That is what the
 * lake and Parquet store, {@code decimal(38, 9)}, and so every sink has the same value.
 */
final class Numbers {
  /** Digits of a result after the point. */
  static final int SCALE = 9;

  /** Of 29 that a result can have, so that the sum of a billion inputs fits. */
  private static final int MAX_INTEGER_DIGITS = 20;

  private Numbers() {}

  /**
   * A number that can be measured.
   *
   * @throws RejectedException if it has more than {@value #MAX_INTEGER_DIGITS} digits before the
   *     point
   */
  static @Nullable BigDecimal input(@Nullable BigDecimal number, FieldRef field) {
    if (number != null && number.precision() - number.scale() > MAX_INTEGER_DIGITS) {
      throw new RejectedException(
          Reason.INVALID_VALUE,
          field
              + ": expected a number of at most "
              + MAX_INTEGER_DIGITS
              + " digits before the point, got a longer one");
    }
    return number;
  }

  /** The exact sum by the number of values, rounded; null of none. */
  static @Nullable BigDecimal average(@Nullable BigDecimal sum, long count) {
    return sum == null
        ? null
        : stripped(sum.divide(BigDecimal.valueOf(count), SCALE, RoundingMode.HALF_EVEN));
  }

  static final class Top implements Accumulator {
    private final int limit;
    private final PriorityQueue<BigDecimal> largest = new PriorityQueue<>();

    Top(int limit) {
      this.limit = limit;
    }

    @Override
    public void add(Object input) {
      largest.add((BigDecimal) input);
      if (largest.size() > limit) {
        largest.poll();
      }
    }

    @Override
    public void write(ByteWriter out) {
      out.writeVarint(largest.size());
      largest.forEach(value -> Decimals.write(value, out));
    }

    @Override
    public void merge(ByteReader in) {
      for (int left = in.readCount(); left > 0; left--) {
        add(Objects.requireNonNull(Decimals.read(in)));
      }
    }

    @Override
    public Object result() {
      List<BigDecimal> sorted = new ArrayList<>();
      largest.forEach(value -> sorted.add(stripped(value)));
      sorted.sort(Collections.reverseOrder());
      return sorted;
    }
  }

  /** Equal numbers in one form, whatever terms they were made of. */
  static @Nullable BigDecimal canonical(@Nullable BigDecimal value) {
    return value == null ? null : stripped(value);
  }

  private static BigDecimal stripped(BigDecimal value) {
    BigDecimal rounded =
        value.scale() > SCALE ? value.setScale(SCALE, RoundingMode.HALF_EVEN) : value;
    BigDecimal stripped = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
