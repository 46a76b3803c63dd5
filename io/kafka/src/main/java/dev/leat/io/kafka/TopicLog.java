package dev.leat.io.kafka;

import dev.leat.io.spi.UnreachableException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * A topic as it is asked about when a run is planned. That there is a broker must show soon; what a
 * broker is asked, it has a minute to answer, because it may be busy.
 */
final class TopicLog implements LogView, AutoCloseable {
  private static final Duration REACHING = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ClientSettings client;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  private TopicLog(
      ClientSettings client,
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions) {
    this.client = client;
    this.consumer = consumer;
    this.partitions = partitions;
  }

  /**
   * @throws UnreachableException if it does not answer
   */
  static TopicLog open(ClientSettings client, Description topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        client.consumer(
            Map.of("isolation.level", "read_committed", "auto.offset.reset", "none"),
            config -> new KafkaConsumer<byte[], byte[]>(config));
    return new TopicLog(client, consumer, topic.partitions(client.address().topic()));
  }

  /**
   * What a cluster says about a topic.
   *
   * @param clusterId stays the same whatever address the cluster is reached by
   */
  record Description(String clusterId, List<Integer> numbers) {
    List<TopicPartition> partitions(String topic) {
      return numbers.stream().map(number -> new TopicPartition(topic, number)).toList();
    }

    /** As it stands in the lineage of records. */
    String origin(TopicAddress address) {
      return "kafka://" + clusterId + "/" + address.topic();
    }
  }

  /**
   * @throws UnreachableException if there is no broker, it does not answer or refuses us, or has no
   *     such topic
   */
  static Description describe(ClientSettings client) {
    return describe(client, REACHING, PATIENCE);
  }

  /**
   * @param reaching how long a broker is looked for
   * @param patience how long it may take to answer
   */
  static Description describe(ClientSettings client, Duration reaching, Duration patience) {
    Brokers.await(client.address(), reaching);
    DescribeClusterOptions cluster = new DescribeClusterOptions().timeoutMs(millis(patience));
    DescribeTopicsOptions topics = new DescribeTopicsOptions().timeoutMs(millis(patience));
    String topic = client.address().topic();
    Admin admin = admin(client, patience);
    try {
      String id = answer(client, patience, admin.describeCluster(cluster).clusterId());
      List<Integer> numbers =
          answer(client, patience, admin.describeTopics(List.of(topic), topics).allTopicNames())
              .values()
              .stream()
              .flatMap(description -> description.partitions().stream())
              .map(TopicPartitionInfo::partition)
              .sorted()
              .toList();
      return new Description(id, numbers);
    } finally {
      // Not close(): it would wait for a broker that does not answer.
      admin.close(Duration.ZERO);
    }
  }

  /**
   * Whether a group has committed anything of the topic.
   *
   * @throws UnreachableException if the cluster does not say
   */
  static boolean isKnown(ClientSettings client, String group) {
    ListConsumerGroupOffsetsOptions options =
        new ListConsumerGroupOffsetsOptions().timeoutMs(millis(PATIENCE));
    Admin admin = admin(client, PATIENCE);
    try {
      return answer(
              client,
              PATIENCE,
              admin.listConsumerGroupOffsets(group, options).partitionsToOffsetAndMetadata())
          .entrySet()
          .stream()
          // Kafka has null for a partition that it was asked about and has no commit of.
          .anyMatch(
              commit ->
                  commit.getValue() != null
                      && commit.getKey().topic().equals(client.address().topic()));
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  private static Admin admin(ClientSettings client, Duration patience) {
    Map<String, Integer> timeouts =
        Map.of(
            "default.api.timeout.ms", millis(patience), "request.timeout.ms", millis(patience) / 2);
    return client.admin(timeouts, Admin::create);
  }

  private static int millis(Duration patience) {
    return Math.toIntExact(patience.toMillis());
  }

  @Override
  public Map<Integer, Long> begins() {
    return ask(log -> byNumber(log.beginningOffsets(partitions, PATIENCE)));
  }

  @Override
  public Map<Integer, Long> ends() {
    return ask(log -> byNumber(log.endOffsets(partitions, PATIENCE)));
  }

  @Override
  public Map<Integer, Long> at(Instant kafkaTime) {
    Map<Integer, Long> offsets = new TreeMap<>(ends());
    Map<TopicPartition, Long> times =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), unused -> kafkaTime.toEpochMilli()));
    for (Entry<TopicPartition, OffsetAndTimestamp> found :
        ask(log -> log.offsetsForTimes(times, PATIENCE)).entrySet()) {
      // Kafka has null for a partition without a record that new.
      if (found.getValue() != null) {
        offsets.merge(found.getKey().partition(), found.getValue().offset(), Math::min);
      }
    }
    return offsets;
  }

  @Override
  public OptionalLong firstRecord(int partition, long start, long end) {
    TopicPartition log = new TopicPartition(client.address().topic(), partition);
    consumer.assign(List.of(log));
    consumer.seek(log, start);
    long position = start;
    Patience patience = new Patience(PATIENCE);
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> record :
          ask(reader -> reader.poll(Duration.ofMillis(500)))) {
        return record.offset() < end ? OptionalLong.of(record.offset()) : OptionalLong.empty();
      }
      long now = ask(reader -> reader.position(log, PATIENCE));
      patience.check(
          now != position,
          () ->
              client.address() + ": partition " + partition + " gives nothing at offset " + start);
      position = now;
    }
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }

  private <T> T ask(Function<KafkaConsumer<byte[], byte[]>, T> question) {
    try {
      return question.apply(consumer);
    } catch (KafkaException e) {
      throw Complaint.of(client, PATIENCE, e);
    }
  }

  private static <T> T answer(ClientSettings client, Duration patience, KafkaFuture<T> future) {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Complaint.of(client, patience, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw Complaint.of(client, patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException(client.address() + ": interrupted while it was asked", e);
    }
  }

  private static Map<Integer, Long> byNumber(Map<TopicPartition, Long> offsets) {
    Map<Integer, Long> byNumber = new HashMap<>();
    offsets.forEach((partition, offset) -> byNumber.put(partition.partition(), offset));
    return byNumber;
  }
}
