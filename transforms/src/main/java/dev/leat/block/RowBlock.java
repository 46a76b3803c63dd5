package dev.leat.block;

import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.values.Row;

/** Result rows of one schema, carried together. Immutable. */
public final class RowBlock implements Iterable<Row> {
  /** Rows in a full block. */
  public static final int MAX_ROWS = 500;

  private final List<Row> rows;

  private RowBlock(List<Row> rows) {
    this.rows = rows;
  }

  public static RowBlock of(List<Row> rows) {
    return new RowBlock(List.copyOf(rows));
  }

  public List<Row> rows() {
    return rows;
  }

  @Override
  public Iterator<Row> iterator() {
    return rows.iterator();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowBlock && rows.equals(((RowBlock) other).rows);
  }

  @Override
  public int hashCode() {
    return rows.hashCode();
  }

  @Override
  public String toString() {
    return "RowBlock[" + rows.size() + " rows]";
  }
}
