package dev.leat.io.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What a reader polls with, and what it asks for the end of the log with.
 *
 * <p>It begins where we say when partitions are assigned, and touches no group's offsets. It tells
 * {@link LiveTopic} what was read and what there is to read. See ADR 15.
 */
final class LiveConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TopicAddress address;
  private final Map<Integer, Long> starts;
  private final LiveTopic topic;

  /** Not {@link #assignment()}, which is not for two threads; close() and poll() may meet. */
  private final Set<TopicPartition> assigned = ConcurrentHashMap.newKeySet();

  LiveConsumer(
      Map<String, Object> config,
      TopicAddress address,
      Map<Integer, Long> starts,
      LiveTopic topic) {
    super(config);
    this.address = address;
    this.starts = starts;
    this.topic = topic;
  }

  @Override
  public void assign(Collection<TopicPartition> partitions) {
    super.assign(partitions);
    assigned.addAll(partitions);
    for (TopicPartition partition : partitions) {
      topic.tell(partition.partition(), PartitionWatermark::assigned);
      Long start = starts.get(partition.partition());
      if (start == null) {
        seekToBeginning(List.of(partition));
      } else {
        seek(partition, start);
      }
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = super.poll(timeout);
    } catch (OffsetOutOfRangeException e) {
      throw gap(e);
    }
    // First what was read, then how far: whoever sees the position has seen the records.
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> some = records.records(partition);
      long last = some.get(some.size() - 1).offset();
      topic.tell(partition.partition(), watermark -> watermark.polled(last));
    }
    for (TopicPartition partition : assigned) {
      try {
        long position = position(partition, PATIENCE);
        topic.tell(partition.partition(), watermark -> watermark.reached(position));
      } catch (TimeoutException e) {
        // The broker cannot say just now. Without news the partition only seems less idle.
        continue;
      }
    }
    return records;
  }

  /**
   * Called once a second, in a thread of its own, on a consumer that does nothing else: the place
   * to look at the topic's other partitions.
   */
  @Override
  public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    long asked = topic.nowMillis();
    Map<TopicPartition, Long> ends = super.endOffsets(partitions);
    ends.forEach(
        (partition, end) ->
            topic.tell(partition.partition(), watermark -> watermark.ended(end, asked)));
    topic.look(new Newest());
    return ends;
  }

  private RuntimeException gap(OffsetOutOfRangeException e) {
    Map<TopicPartition, Long> begins = beginningOffsets(e.partitions(), PATIENCE);
    for (Map.Entry<TopicPartition, Long> wanted : e.offsetOutOfRangePartitions().entrySet()) {
      Long begin = begins.get(wanted.getKey());
      if (begin != null && wanted.getValue() < begin) {
        return OffsetPlan.gap(address, wanted.getKey().partition(), wanted.getValue(), begin);
      }
    }
    return e;
  }

  /** The newest records of the topic's partitions. */
  private final class Newest implements LiveTopic.Log {
    private static final int RECORDS = 20;

    @Override
    public Map<Integer, Long> ends() {
      Map<Integer, Long> ends = new HashMap<>();
      LiveConsumer.super
          .endOffsets(starts.keySet().stream().map(this::partition).toList(), PATIENCE)
          .forEach((partition, end) -> ends.put(partition.partition(), end));
      return ends;
    }

    @Override
    public List<byte[]> newest(int number, long end) {
      TopicPartition partition = partition(number);
      long begin = beginningOffsets(List.of(partition), PATIENCE).getOrDefault(partition, end);
      LiveConsumer.super.assign(List.of(partition));
      long position = Math.max(begin, end - RECORDS);
      seek(partition, position);
      List<byte[]> newest = new ArrayList<>();
      long deadline = topic.nowMillis() + PATIENCE.toMillis();
      while (position < end && topic.nowMillis() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record :
            LiveConsumer.super.poll(Duration.ofMillis(500))) {
          if (record.value() != null) {
            newest.add(record.value());
          }
        }
        position = position(partition, PATIENCE);
      }
      return newest;
    }

    private TopicPartition partition(int number) {
      return new TopicPartition(address.topic(), number);
    }
  }
}
