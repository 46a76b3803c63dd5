package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import org.jspecify.annotations.Nullable;

/** Averages by row: a count and a sum. */
final class AverageColumn implements Column {
  private final CountColumn counts = new CountColumn();
  private final DecimalColumn sums = new DecimalColumn(DecimalColumn.Fold.SUM);

  @Override
  public void reserve(int rows) {
    counts.reserve(rows);
    sums.reserve(rows);
  }

  @Override
  public void merge(int row, ByteReader in) {
    counts.merge(row, in);
    sums.merge(row, in);
  }

  @Override
  public void write(int row, ByteWriter out) {
    counts.write(row, out);
    sums.write(row, out);
  }

  @Override
  public @Nullable Object result(int row) {
    return Numbers.average(sums.value(row), counts.count(row));
  }

  @Override
  public int bytesOfRow() {
    return counts.bytesOfRow() + sums.bytesOfRow();
  }
}
