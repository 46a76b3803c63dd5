package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An accumulator a row, for measures that are more than a number. What is merged says what it is:
 * nothing, one input, or what an accumulator wrote.
 */
final class AccumulatorColumn implements Column {
  /** As a guess: a set of a few texts, a sketch of a few values. */
  private static final int BYTES_OF_ACCUMULATOR = 1000;

  private static final int NOTHING = 0;
  private static final int INPUT = 1;
  private static final int GATHERED = 2;

  private final Measure measure;
  private Accumulator[] accumulators = {};

  AccumulatorColumn(Measure measure) {
    this.measure = measure;
  }

  @Override
  public void reserve(int rows) {
    accumulators = Arrays.copyOf(accumulators, rows);
  }

  @Override
  public void merge(int row, ByteReader in) {
    int what = in.readByte();
    if (what == INPUT) {
      at(row).add(readInput(in));
    } else if (what == GATHERED) {
      at(row).merge(in);
    }
  }

  @Override
  public void write(int row, ByteWriter out) {
    out.writeByte(GATHERED);
    at(row).write(out);
  }

  static void writeInput(Measure measure, @Nullable Object input, ByteWriter out) {
    if (input == null) {
      out.writeByte(NOTHING);
      return;
    }
    out.writeByte(INPUT);
    switch (measure.function()) {
      case TOP -> Decimals.write((BigDecimal) input, out);
      case QUANTILE -> out.writeFixed64(Double.doubleToRawLongBits((Double) input));
      case FIRST, LAST -> Edge.write(input, out);
      default -> out.writeString((String) input);
    }
  }

  private Object readInput(ByteReader in) {
    return switch (measure.function()) {
      case TOP -> Objects.requireNonNull(Decimals.read(in));
      case QUANTILE -> Double.longBitsToDouble(in.readFixed64());
      case FIRST, LAST -> Edge.read(in);
      default -> in.readString();
    };
  }

  @Override
  public @Nullable Object result(int row) {
    return at(row).result();
  }

  @Override
  public int bytesOfRow() {
    return BYTES_OF_ACCUMULATOR;
  }

  @SuppressWarnings("NullAway") // New rows of the array are empty, whatever its type says.
  private Accumulator at(int row) {
    Accumulator known = accumulators[row];
    if (known == null) {
      known = Accumulator.of(measure);
      accumulators[row] = known;
    }
    return known;
  }
}
