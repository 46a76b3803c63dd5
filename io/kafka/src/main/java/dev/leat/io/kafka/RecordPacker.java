package dev.leat.io.kafka;

import dev.leat.block.RecordBlock;
import org.jspecify.annotations.Nullable;

/** Puts the values of one partition into a block; what is no value as a record with a problem. */
final class RecordPacker {
  /** As many bytes of a value that is too long as files keep of one. */
  private static final int EXCERPT_BYTES = 64 << 10;

  private static final byte[] NOTHING = {};

  private final RecordBlock.Builder block;
  private final int maxRecordBytes;
  private int blockAttempt;

  RecordPacker(String origin, int partition, int maxRecordBytes) {
    this.block = RecordBlock.builder(origin, partition, null);
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Whether a record can be added to the block: those of a block are of one attempt. */
  boolean takes(int attempt) {
    return block.isEmpty() || attempt == blockAttempt;
  }

  /**
   * @param attempt how often the record was replayed
   */
  void add(long offset, byte @Nullable [] value, int attempt) {
    blockAttempt = attempt;
    block.attempt(attempt);
    if (value == null) {
      block.add(offset, NOTHING, 0, 0, "no value (a tombstone)");
    } else if (value.length > maxRecordBytes) {
      int kept = Math.min(EXCERPT_BYTES, value.length);
      block.add(offset, value, 0, kept, "longer than " + maxRecordBytes + " bytes");
    } else {
      block.add(offset, value, 0, value.length);
    }
  }

  boolean isEmpty() {
    return block.isEmpty();
  }

  boolean isFull() {
    return block.isFull();
  }

  RecordBlock build() {
    return block.build();
  }
}
