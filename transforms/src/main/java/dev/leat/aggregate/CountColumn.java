package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.util.Arrays;

/** Counts by row. */
final class CountColumn implements Column {
  private long[] counts = {};

  long count(int row) {
    return counts[row];
  }

  @Override
  public void reserve(int rows) {
    counts = Arrays.copyOf(counts, rows);
  }

  @Override
  public void merge(int row, ByteReader in) {
    counts[row] += in.readVarint();
  }

  @Override
  public void write(int row, ByteWriter out) {
    out.writeVarint(counts[row]);
  }

  @Override
  public Object result(int row) {
    return counts[row];
  }

  @Override
  public int bytesOfRow() {
    return Long.BYTES;
  }
}
