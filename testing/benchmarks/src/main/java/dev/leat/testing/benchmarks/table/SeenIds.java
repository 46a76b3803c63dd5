package dev.leat.testing.benchmarks.table;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Ids that were seen, as 128-bit hashes in primitive arrays: 16 bytes a slot, at most 3 of 4 full.
 * In shards with a lock each, so that threads seldom wait and a table that grows is small.
 */
final class SeenIds {
  private static final int SHARDS = 256;

  private final Shard[] shards = new Shard[SHARDS];

  SeenIds() {
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
  }

  /** Whether it is new. */
  boolean add(String id) {
    HashCode hash = Hashing.murmur3_128().hashString(id, StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.wrap(hash.asBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long high = bytes.getLong();
    // All zeros is an empty slot.
    long low = bytes.getLong() | 1;
    return shards[(int) (low >>> 1) & (SHARDS - 1)].add(high, low);
  }

  private static final class Shard {
    private long[] table = new long[2 * 1024];
    private int size;

    synchronized boolean add(long high, long low) {
      if (8L * (size + 1) > 3L * table.length) {
        grow();
      }
      boolean added = put(table, high, low);
      size += added ? 1 : 0;
      return added;
    }

    private void grow() {
      long[] larger = new long[2 * table.length];
      for (int i = 0; i < table.length; i += 2) {
        if (table[i + 1] != 0) {
          put(larger, table[i], table[i + 1]);
        }
      }
      table = larger;
    }

    private static boolean put(long[] table, long high, long low) {
      int mask = table.length / 2 - 1;
      int slot = (int) high & mask;
      while (table[2 * slot + 1] != 0) {
        if (table[2 * slot] == high && table[2 * slot + 1] == low) {
          return false;
        }
        slot = (slot + 1) & mask;
      }
      table[2 * slot] = high;
      table[2 * slot + 1] = low;
      return true;
    }
  }
}
