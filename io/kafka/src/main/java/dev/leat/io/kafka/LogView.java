package dev.leat.io.kafka;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/** What a topic holds just now, partition by partition. */
interface LogView {
  /** The first offset that is retained; that of the next record if there is none. */
  Map<Integer, Long> begins();

  /** The offset behind the last record that can be read. */
  Map<Integer, Long> ends();

  /** The offset of the first record with this Kafka timestamp or later, else the end. */
  Map<Integer, Long> at(Instant kafkaTime);

  /**
   * The offset of the first record from {@code start} until just before {@code end}. Offsets can be
   * without one: a transaction's end takes one, compaction and aborts leave them behind.
   */
  OptionalLong firstRecord(int partition, long start, long end);
}
