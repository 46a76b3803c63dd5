package dev.leat.dedup;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The ids of a shard, each with its time bucket and a mark, in primitive arrays: 20 bytes a slot,
 * of which five eighths to four fifths are in use, so 25 to 32 bytes an id. All buckets are in one
 * table, so that an id is looked up once and not in each of some 17 buckets that are within reach.
 *
 * <p>The same id can be in it twice, with buckets that are out of each other's reach.
 */
final class ShardIds {
  /** What {@link #markOf} answers for an id that is not there. */
  static final int ABSENT = -1;

  private static final int FIRST_CAPACITY = 16;
  private static final int MARK_BITS = 8;
  private static final int MOST_BUCKETS = 1 << (31 - MARK_BITS);

  // Slot i holds its id in ids[2i], ids[2i + 1]. Its tag has the number of its bucket, from 1 on,
  // and the mark; a tag of 0 is an empty slot.
  private long[] ids = new long[2 * FIRST_CAPACITY];
  private int[] tags = new int[FIRST_CAPACITY];
  private int size;

  private final Map<Long, Integer> numbers = new HashMap<>();
  private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
  private long[] buckets = new long[FIRST_CAPACITY];
  private int bucketsUsed = 1;
  private long lastBucket;
  private int lastNumber;

  /** The mark of the id in a bucket that is within reach of {@code bucket}. */
  int markOf(long high, long low, long bucket, Horizon horizon) {
    for (int slot = first(high); tags[slot] != 0; slot = next(slot)) {
      if (ids[2 * slot] == high
          && ids[2 * slot + 1] == low
          && horizon.reaches(bucket, buckets[tags[slot] >>> MARK_BITS])) {
        return tags[slot] & ((1 << MARK_BITS) - 1);
      }
    }
    return ABSENT;
  }

  /**
   * @param mark 0 to 255
   */
  void add(long high, long low, long bucket, int mark) {
    if (5L * (size + 1) > 4L * tags.length) {
      resize(Math.addExact(tags.length, tags.length / 6 + FIRST_CAPACITY));
    }
    put(high, low, numberOf(bucket) << MARK_BITS | mark);
    size++;
  }

  /** Forgets the ids of earlier buckets. */
  void expireBefore(long bucket) {
    boolean expired = false;
    for (Iterator<Map.Entry<Long, Integer>> known = numbers.entrySet().iterator();
        known.hasNext(); ) {
      Map.Entry<Long, Integer> entry = known.next();
      if (entry.getKey() < bucket) {
        freeNumbers.push(entry.getValue());
        known.remove();
        expired = true;
      }
    }
    if (!expired) {
      return;
    }
    lastNumber = 0;
    int empty = anEmptySlot();
    for (int slot = next(empty); slot != empty; slot = next(slot)) {
      settle(slot, bucket);
    }
    if (8L * size < 5L * tags.length) {
      resize(size / 3 * 4 + FIRST_CAPACITY);
    }
  }

  /**
   * Takes an id out of its slot and, unless it is to be forgotten, puts it in again. If that is
   * done slot by slot from an empty one on, an id finds the slot it would have if those forgotten
   * had never been there: that, one between, or the one it had, and seldom far away in memory.
   */
  private void settle(int slot, long firstAlive) {
    int tag = tags[slot];
    if (tag == 0) {
      return;
    }
    tags[slot] = 0;
    if (buckets[tag >>> MARK_BITS] < firstAlive) {
      size--;
    } else {
      put(ids[2 * slot], ids[2 * slot + 1], tag);
    }
  }

  private int anEmptySlot() {
    int slot = 0;
    while (tags[slot] != 0) {
      slot++;
    }
    return slot;
  }

  int size() {
    return size;
  }

  /** What its arrays take. */
  long bytes() {
    return 8L * ids.length + 4L * tags.length + 8L * buckets.length;
  }

  private int numberOf(long bucket) {
    if (lastNumber == 0 || lastBucket != bucket) {
      lastNumber = numbers.computeIfAbsent(bucket, this::newNumber);
      lastBucket = bucket;
    }
    return lastNumber;
  }

  private int newNumber(long bucket) {
    if (!freeNumbers.isEmpty()) {
      int number = freeNumbers.pop();
      buckets[number] = bucket;
      return number;
    }
    if (bucketsUsed == MOST_BUCKETS) {
      throw new IllegalStateException("a shard with ids of more than " + bucketsUsed + " buckets");
    }
    if (bucketsUsed == buckets.length) {
      buckets = Arrays.copyOf(buckets, 2 * buckets.length);
    }
    buckets[bucketsUsed] = bucket;
    return bucketsUsed++;
  }

  private void put(long high, long low, int tag) {
    int slot = first(high);
    while (tags[slot] != 0) {
      slot = next(slot);
    }
    ids[2 * slot] = high;
    ids[2 * slot + 1] = low;
    tags[slot] = tag;
  }

  /**
   * The id is a hash already. Its upper half chooses the slot, because its lower chose the shard.
   */
  private int first(long high) {
    return (int) ((high >>> 32) * tags.length >>> 32);
  }

  private int next(int slot) {
    return slot + 1 == tags.length ? 0 : slot + 1;
  }

  private void resize(int capacity) {
    long[] oldIds = ids;
    int[] oldTags = tags;
    ids = new long[Math.multiplyExact(2, capacity)];
    tags = new int[capacity];
    for (int slot = 0; slot < oldTags.length; slot++) {
      if (oldTags[slot] != 0) {
        put(oldIds[2 * slot], oldIds[2 * slot + 1], oldTags[slot]);
      }
    }
  }
}
