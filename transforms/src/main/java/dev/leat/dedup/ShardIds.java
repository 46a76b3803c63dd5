package dev.leat.dedup;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The ids of a shard, each with its time bucket and a mark, in primitive arrays: 20 bytes a slot,
 * of which two thirds to four fifths are in use, so 25 to 30 bytes an id. All buckets are in one
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
      resize(Math.addExact(tags.length, tags.length / 5 + FIRST_CAPACITY));
    }
    put(high, low, numberOf(bucket) << MARK_BITS | mark);
    size++;
  }

  /** Forgets the ids of earlier buckets. */
  void expireBefore(long bucket) {
    if (numbers.keySet().stream().noneMatch(known -> known < bucket)) {
      return;
    }
    ShardIds alive = new ShardIds();
    for (int slot = 0; slot < tags.length; slot++) {
      if (tags[slot] != 0) {
        long itsBucket = buckets[tags[slot] >>> MARK_BITS];
        if (itsBucket >= bucket) {
          int mark = tags[slot] & ((1 << MARK_BITS) - 1);
          alive.add(ids[2 * slot], ids[2 * slot + 1], itsBucket, mark);
        }
      }
    }
    ids = alive.ids;
    tags = alive.tags;
    size = alive.size;
    numbers.clear();
    numbers.putAll(alive.numbers);
    buckets = alive.buckets;
    bucketsUsed = alive.bucketsUsed;
    lastNumber = 0;
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
