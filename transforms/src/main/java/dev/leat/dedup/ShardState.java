package dev.leat.dedup;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a shard knows beside its ids: which chunks of ids there are in each bucket, and which
 * buckets have expired. The version is a random number drawn at every write, so that a cache made
 * from a write that was rolled back, or that another worker overtook, is never taken for the state.
 */
final class ShardState {
  /** No bucket has expired yet. */
  static final long NONE_EXPIRED = Long.MIN_VALUE;

  private final NavigableMap<Long, Integer> chunks;
  private long expiredBefore;
  private long version;

  private ShardState(NavigableMap<Long, Integer> chunks, long expiredBefore, long version) {
    this.chunks = chunks;
    this.expiredBefore = expiredBefore;
    this.version = version;
  }

  static ShardState empty() {
    return new ShardState(new TreeMap<>(), NONE_EXPIRED, 0);
  }

  static ShardState read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long version = in.readFixed64();
    long expiredBefore = in.readFixed64();
    NavigableMap<Long, Integer> chunks = new TreeMap<>();
    while (in.hasMore()) {
      chunks.put(in.readSignedVarint(), (int) in.readVarint());
    }
    return new ShardState(chunks, expiredBefore, version);
  }

  byte[] write() {
    ByteWriter out = new ByteWriter();
    out.writeFixed64(version).writeFixed64(expiredBefore);
    chunks.forEach((bucket, count) -> out.writeSignedVarint(bucket).writeVarint(count));
    return out.toByteArray();
  }

  /** The number of chunks of each bucket that is alive. */
  NavigableMap<Long, Integer> chunks() {
    return chunks;
  }

  /** Counts another chunk of a bucket and returns its number. */
  int addChunk(long bucket) {
    return chunks.merge(bucket, 1, Integer::sum) - 1;
  }

  /** The number of the chunk that was counted last, -1 if there is none. */
  int lastChunk(long bucket) {
    return chunks.getOrDefault(bucket, 0) - 1;
  }

  boolean hasExpired(long bucket) {
    return bucket < expiredBefore;
  }

  /** Forgets the buckets before {@code bucket}. */
  void expireBefore(long bucket) {
    expiredBefore = Math.max(expiredBefore, bucket);
    chunks.headMap(bucket).clear();
  }

  long version() {
    return version;
  }

  void setVersion(long version) {
    this.version = version;
  }
}
