package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What has been gathered by window and group: a hash table in primitive arrays, with a row for each
 * window and group and a {@link Column} for each measure. Rows are numbered from 0 in the order in
 * which they came.
 */
final class GroupTable {
  private static final int FIRST_ROWS = 8;
  private static final int EMPTY = 0;

  private final Column[] columns;
  private final ByteWriter groups = new ByteWriter(128);
  private final int bytesOfRow;

  // Slots hold a row + 1; there are at least two for each row.
  private int[] slots = new int[2 * FIRST_ROWS];
  private long[] starts = new long[FIRST_ROWS];
  private long[] ends = new long[FIRST_ROWS];
  private int[] groupFroms = new int[FIRST_ROWS + 1];
  private int[] groupHashes = new int[FIRST_ROWS];
  private int size;

  GroupTable(Aggregation aggregation) {
    this.columns = aggregation.columns().toArray(Column[]::new);
    Arrays.stream(columns).forEach(column -> column.reserve(FIRST_ROWS));
    this.bytesOfRow =
        2 * Long.BYTES
            + 4 * Integer.BYTES
            + Arrays.stream(columns).mapToInt(Column::bytesOfRow).sum();
  }

  /**
   * Merges a contribution.
   *
   * @param start of the window, epoch milliseconds
   * @param contribution as {@link #write} and {@link Aggregation#writeContribution} write it
   */
  void merge(long start, long end, ByteReader contribution) {
    int length = contribution.skipBytes();
    int row = rowOf(start, end, contribution.array(), contribution.position() - length, length);
    for (int i = 0; i < columns.length; i++) {
      columns[i].merge(row, contribution);
    }
  }

  /** Merges all contributions that are left, of one window. */
  void mergeAll(long start, long end, ByteReader contributions) {
    while (contributions.hasMore()) {
      merge(start, end, contributions);
    }
  }

  /** Merges a row of another table of the same aggregation, under another window. */
  void mergeRow(long start, long end, GroupTable other, int row) {
    ByteWriter written = new ByteWriter();
    other.write(row, written);
    merge(start, end, new ByteReader(written.array(), 0, written.size()));
  }

  int size() {
    return size;
  }

  /** About how much memory the rows take. */
  long bytes() {
    return (long) size * bytesOfRow + groups.size();
  }

  long start(int row) {
    return starts[row];
  }

  long end(int row) {
    return ends[row];
  }

  /** Where {@link #groupFrom} and {@link #groupLength} point into. */
  byte[] groups() {
    return groups.array();
  }

  int groupFrom(int row) {
    return groupFroms[row];
  }

  int groupLength(int row) {
    return groupFroms[row + 1] - groupFroms[row];
  }

  /** The bytes of a row's group. */
  byte[] group(int row) {
    return Arrays.copyOfRange(groups.array(), groupFroms[row], groupFroms[row + 1]);
  }

  /** A hash of the group alone, the same in any process. */
  int groupHash(int row) {
    return groupHashes[row];
  }

  boolean isSameGroup(int row, int other) {
    return groupHashes[row] == groupHashes[other]
        && Arrays.equals(
            groups.array(),
            groupFroms[row],
            groupFroms[row + 1],
            groups.array(),
            groupFroms[other],
            groupFroms[other + 1]);
  }

  /**
   * The numbers of all rows by the ends of their windows; as they came where these are too far
   * apart to be sorted as quickly.
   */
  int[] byWindow() {
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    for (int row = 0; row < size; row++) {
      earliest = Math.min(earliest, ends[row]);
      latest = Math.max(latest, ends[row]);
    }
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(size);
    boolean fit = size > 0 && Long.numberOfLeadingZeros(latest - earliest) > bits;
    long[] keys = new long[size];
    for (int row = 0; row < size; row++) {
      keys[row] = fit ? ends[row] - earliest << bits | row : row;
    }
    Arrays.sort(keys);
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = (int) (keys[i] & (1L << bits) - 1);
    }
    return rows;
  }

  /** Writes a row's group, with the length before, and what was gathered for each measure. */
  void write(int row, ByteWriter out) {
    out.writeBytes(groups.array(), groupFrom(row), groupLength(row));
    for (Column column : columns) {
      column.write(row, out);
    }
  }

  @Nullable Object result(int row, int column) {
    return columns[column].result(row);
  }

  int columnCount() {
    return columns.length;
  }

  private int rowOf(long start, long end, byte[] group, int from, int length) {
    int groupHash = hash(group, from, length);
    int mask = slots.length - 1;
    int slot = spread(groupHash, start, end) & mask;
    while (slots[slot] != EMPTY) {
      int row = slots[slot] - 1;
      if (groupHashes[row] == groupHash
          && starts[row] == start
          && ends[row] == end
          && Arrays.equals(
              groups.array(), groupFroms[row], groupFroms[row + 1], group, from, from + length)) {
        return row;
      }
      slot = slot + 1 & mask;
    }
    if (size == starts.length) {
      grow();
      return rowOf(start, end, group, from, length);
    }
    slots[slot] = size + 1;
    starts[size] = start;
    ends[size] = end;
    groupHashes[size] = groupHash;
    groups.writeRaw(group, from, length);
    groupFroms[size + 1] = groups.size();
    return size++;
  }

  private void grow() {
    int rows = Math.multiplyExact(2, starts.length);
    starts = Arrays.copyOf(starts, rows);
    ends = Arrays.copyOf(ends, rows);
    groupHashes = Arrays.copyOf(groupHashes, rows);
    groupFroms = Arrays.copyOf(groupFroms, rows + 1);
    for (Column column : columns) {
      column.reserve(rows);
    }
    slots = new int[Math.multiplyExact(2, rows)];
    int mask = slots.length - 1;
    for (int row = 0; row < size; row++) {
      int slot = spread(groupHashes[row], starts[row], ends[row]) & mask;
      while (slots[slot] != EMPTY) {
        slot = slot + 1 & mask;
      }
      slots[slot] = row + 1;
    }
  }

  private static int spread(int groupHash, long start, long end) {
    long mixed = (start * 31 + end) * 0x9E3779B97F4A7C15L + groupHash;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> 32);
  }

  private static int hash(byte[] bytes, int from, int length) {
    long hash = length;
    for (int i = from; i < from + length; i++) {
      hash = (hash ^ bytes[i] & 0xFF) * 0x100000001B3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32);
  }
}
