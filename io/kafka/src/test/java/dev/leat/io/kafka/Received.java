package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RecordBlock;
import dev.leat.ingest.RawRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.transforms.DoFn;
import org.joda.time.Instant;

/**
 * The blocks that came out of a pipeline in this process, under the name of a topic: what a live
 * pipeline gives can be looked at while it runs.
 */
final class Received extends DoFn<RecordBlock, Void> {
  private static final long serialVersionUID = 1L;

  record Block(RecordBlock block, Instant timestamp) {}

  private static final Map<String, Queue<Block>> BY_TOPIC = new ConcurrentHashMap<>();

  private final String topic;

  Received(String topic) {
    this.topic = topic;
  }

  @ProcessElement
  public void process(@Element RecordBlock block, @Timestamp Instant timestamp) {
    if (block.count() == 0) {
      // A reader begins with one.
      return;
    }
    BY_TOPIC
        .computeIfAbsent(topic, unused -> new ConcurrentLinkedQueue<>())
        .add(new Block(block, timestamp));
  }

  /**
   * By partition, and within one by the first offset: the runner may give two blocks to two threads
   * at once. Within a block nothing is sorted.
   */
  static List<Block> blocks(String topic) {
    return BY_TOPIC.getOrDefault(topic, new ConcurrentLinkedQueue<>()).stream()
        .sorted(
            Comparator.comparingInt((Block block) -> first(block).partition())
                .thenComparingLong(block -> first(block).offset()))
        .toList();
  }

  private static RawRecord first(Block block) {
    List<RawRecord> records = new ArrayList<>();
    block.block().forEach(records::add);
    return records.get(0);
  }

  /**
   * {@code partition:offset value}, or {@code … ! problem} or {@code … # attempt}, in the order of
   * {@link #blocks}.
   */
  static List<String> records(String topic) {
    List<RawRecord> records = new ArrayList<>();
    blocks(topic).forEach(block -> block.block().forEach(records::add));
    return records.stream().map(Received::text).toList();
  }

  static void forget(String topic) {
    BY_TOPIC.remove(topic);
  }

  private static String text(RawRecord record) {
    return record.partition()
        + ":"
        + record.offset()
        + " "
        + new String(record.data().toByteArray(), UTF_8)
        + (record.problem() == null ? "" : " ! " + record.problem())
        + (record.attempt() == 0 ? "" : " # " + record.attempt());
  }
}
