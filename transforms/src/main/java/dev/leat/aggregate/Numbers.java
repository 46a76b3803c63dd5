package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.FieldRef;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The measures of exact numbers. Nothing is rounded on the way; a result is rounded once, half to
 * even, to {@value #SCALE} digits after the point. That is what the lake and Parquet store, {@code
 * decimal(38, 9)}, and so every sink has the same value.
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

  static final class Count implements Accumulator {
    private long count;

    @Override
    public void add(Object input) {
      count++;
    }

    @Override
    public void write(ByteWriter out) {
      out.writeVarint(count);
    }

    @Override
    public void merge(ByteReader in) {
      count += in.readVarint();
    }

    @Override
    public Object result() {
      return count;
    }
  }

  /** One number made of all, by an operation that commutes and associates. */
  private abstract static class Fold implements Accumulator {
    @Nullable BigDecimal value;

    abstract BigDecimal fold(BigDecimal one, BigDecimal other);

    @Override
    public final void add(Object input) {
      BigDecimal current = value;
      value = current == null ? (BigDecimal) input : fold(current, (BigDecimal) input);
    }

    @Override
    public final void write(ByteWriter out) {
      writeNullable(value, out);
    }

    @Override
    public final void merge(ByteReader in) {
      BigDecimal other = readNullable(in);
      if (other != null) {
        add(other);
      }
    }

    @Override
    public final @Nullable BigDecimal result() {
      return canonical(value);
    }
  }

  static final class Sum extends Fold {
    @Override
    BigDecimal fold(BigDecimal one, BigDecimal other) {
      return one.add(other);
    }
  }

  static final class Min extends Fold {
    @Override
    BigDecimal fold(BigDecimal one, BigDecimal other) {
      return one.min(other);
    }
  }

  static final class Max extends Fold {
    @Override
    BigDecimal fold(BigDecimal one, BigDecimal other) {
      return one.max(other);
    }
  }

  static final class Average implements Accumulator {
    private final Sum sum = new Sum();
    private long count;

    @Override
    public void add(Object input) {
      sum.add(input);
      count++;
    }

    @Override
    public void write(ByteWriter out) {
      out.writeVarint(count);
      sum.write(out);
    }

    @Override
    public void merge(ByteReader in) {
      count += in.readVarint();
      sum.merge(in);
    }

    @Override
    public @Nullable Object result() {
      BigDecimal total = sum.value;
      return total == null
          ? null
          : stripped(total.divide(BigDecimal.valueOf(count), SCALE, RoundingMode.HALF_EVEN));
    }
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
      largest.forEach(value -> Numbers.write(value, out));
    }

    @Override
    public void merge(ByteReader in) {
      for (int left = in.readCount(); left > 0; left--) {
        add(read(in));
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
  private static @Nullable BigDecimal canonical(@Nullable BigDecimal value) {
    return value == null ? null : stripped(value);
  }

  private static BigDecimal stripped(BigDecimal value) {
    BigDecimal rounded =
        value.scale() > SCALE ? value.setScale(SCALE, RoundingMode.HALF_EVEN) : value;
    BigDecimal stripped = rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static void writeNullable(@Nullable BigDecimal value, ByteWriter out) {
    out.writeByte(value == null ? 0 : 1);
    if (value != null) {
      write(value, out);
    }
  }

  private static @Nullable BigDecimal readNullable(ByteReader in) {
    return in.readByte() == 0 ? null : read(in);
  }

  private static void write(BigDecimal value, ByteWriter out) {
    out.writeSignedVarint(value.scale()).writeBytes(value.unscaledValue().toByteArray());
  }

  private static BigDecimal read(ByteReader in) {
    int scale = (int) in.readSignedVarint();
    return new BigDecimal(new BigInteger(in.readBytes()), scale);
  }
}
