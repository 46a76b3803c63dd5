package dev.leat.io.lake;

import java.util.function.LongFunction;

/**
 * The key of what a bundle has of one partition. Another one, of a further shard, whenever so much
 * was sent, so that one worker need not write it all.
 */
final class ShardKey {
  private final long shardSize;
  private final LongFunction<String> keyOf;
  private long sent;
  private long shard;
  private String key;

  /**
   * @param shardSize in the unit of {@link #next}
   * @param keyOf the key of a shard; shards are numbered from 0
   */
  ShardKey(long shardSize, LongFunction<String> keyOf) {
    this.shardSize = shardSize;
    this.keyOf = keyOf;
    this.key = keyOf.apply(0);
  }

  /** For what is sent next. */
  String next(long size) {
    if (sent / shardSize > shard) {
      shard = sent / shardSize;
      key = keyOf.apply(shard);
    }
    sent += size;
    return key;
  }
}
