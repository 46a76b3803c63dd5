package dev.leat.dedup;

/**
 * A map from 128-bit ids to numbers that are not negative, in primitive arrays: 24 bytes a slot, at
 * most 3 of 4 slots full.
 */
final class IdTable {
  /** What {@link #putIfAbsent} and {@link #get} answer for an id that is not there. */
  static final long ABSENT = -1;

  private static final int FIRST_CAPACITY = 16;

  // Slot i holds its id in ids[2i], ids[2i + 1]; both zero is an empty slot.
  private long[] ids = new long[2 * FIRST_CAPACITY];
  private long[] values = new long[FIRST_CAPACITY];
  // The id of zeros, which would look like an empty slot.
  private long valueOfZeros = ABSENT;
  private int size;

  /**
   * Adds an id if it is not there.
   *
   * @return {@link #ABSENT} if it was not, else the value it has had and keeps
   */
  long putIfAbsent(long high, long low, long value) {
    if (high == 0 && low == 0) {
      long known = valueOfZeros;
      valueOfZeros = known == ABSENT ? value : known;
      return known;
    }
    int slot = find(high, low);
    if (isFull(slot)) {
      return values[slot];
    }
    if (4L * (size + 1) > 3L * values.length) {
      grow();
      slot = find(high, low);
    }
    put(slot, high, low, value);
    size++;
    return ABSENT;
  }

  long get(long high, long low) {
    if (high == 0 && low == 0) {
      return valueOfZeros;
    }
    int slot = find(high, low);
    return isFull(slot) ? values[slot] : ABSENT;
  }

  int size() {
    return valueOfZeros == ABSENT ? size : size + 1;
  }

  private void put(int slot, long high, long low, long value) {
    ids[2 * slot] = high;
    ids[2 * slot + 1] = low;
    values[slot] = value;
  }

  private boolean isFull(int slot) {
    return ids[2 * slot] != 0 || ids[2 * slot + 1] != 0;
  }

  private int find(long high, long low) {
    int mask = values.length - 1;
    // The id is a hash already. Its upper half chooses the slot, because its lower chose the shard.
    int slot = (int) (high >>> 32) & mask;
    while (isFull(slot) && (ids[2 * slot] != high || ids[2 * slot + 1] != low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldIds = ids;
    long[] oldValues = values;
    int capacity = Math.multiplyExact(oldValues.length, 2);
    ids = new long[Math.multiplyExact(2, capacity)];
    values = new long[capacity];
    for (int i = 0; i < oldValues.length; i++) {
      if (oldIds[2 * i] != 0 || oldIds[2 * i + 1] != 0) {
        put(find(oldIds[2 * i], oldIds[2 * i + 1]), oldIds[2 * i], oldIds[2 * i + 1], oldValues[i]);
      }
    }
  }
}
