package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What has been gathered for one measure of many groups, by row; in primitive arrays where the
 * measure allows. All that is added is merged, what an event gathers as what a bundle has gathered;
 * merging commutes and associates: any order gives the same {@link #result}.
 */
interface Column {
  /**
   * Writes what an event alone gathers.
   *
   * @param input as {@link Accumulator#inputOf} reads it
   */
  static void writeInput(Measure measure, @Nullable Object input, ByteWriter out) {
    switch (measure.function()) {
      case COUNT -> out.writeVarint(input == null ? 0 : 1);
      case SUM, MIN, MAX -> Decimals.write((BigDecimal) input, out);
      case AVG -> {
        out.writeVarint(input == null ? 0 : 1);
        Decimals.write((BigDecimal) input, out);
      }
      default -> AccumulatorColumn.writeInput(measure, input, out);
    }
  }

  /** Makes room for this many rows; new ones are empty. */
  void reserve(int rows);

  /** Merges what {@link #write} of a column of this measure, or {@link #writeInput}, wrote. */
  void merge(int row, ByteReader in);

  void write(int row, ByteWriter out);

  /** The result as Beam's Row has it. */
  @Nullable Object result(int row);

  /** About how much memory a row takes, in bytes. */
  int bytesOfRow();

  static Column of(Measure measure) {
    switch (measure.function()) {
      case COUNT:
        return new CountColumn();
      case SUM:
        return new DecimalColumn(DecimalColumn.Fold.SUM);
      case MIN:
        return new DecimalColumn(DecimalColumn.Fold.MIN);
      case MAX:
        return new DecimalColumn(DecimalColumn.Fold.MAX);
      case AVG:
        return new AverageColumn();
      default:
        return new AccumulatorColumn(measure);
    }
  }
}
