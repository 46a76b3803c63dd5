package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.testing.fixtures.EmbeddedKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of its own for one test. */
final class Topic {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final EmbeddedKafka kafka;
  final String name;

  Topic(EmbeddedKafka kafka, int partitions, Map<String, String> config) {
    this.kafka = kafka;
    this.name = "topic-" + NUMBER.incrementAndGet();
    kafka.createTopic(name, partitions, config);
  }

  Topic(EmbeddedKafka kafka, int partitions) {
    this(kafka, partitions, Map.of());
  }

  String uri() {
    return "kafka://" + kafka.bootstrapServers() + "/" + name;
  }

  String clusterId() throws Exception {
    try (Admin admin = admin()) {
      return admin.describeCluster().clusterId().get(60, TimeUnit.SECONDS);
    }
  }

  String origin() throws Exception {
    return "kafka://" + clusterId() + "/" + name;
  }

  /** Null is a tombstone. */
  void write(int partition, String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      send(producer, partition, values);
    }
  }

  /** Kafka lets a header be without a value. */
  void writeWithHeaderWithoutValue(int partition, String value) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(name, partition, null, value.getBytes(UTF_8));
    record.headers().add("empty", null);
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      producer.send(record).get(60, TimeUnit.SECONDS);
    }
  }

  /** As a replay does. */
  void writeWithAttempt(int partition, String attempt, String value) throws Exception {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(name, partition, null, value.getBytes(UTF_8));
    record.headers().add("leat_attempt", attempt.getBytes(UTF_8));
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      producer.send(record).get(60, TimeUnit.SECONDS);
    }
  }

  /** Takes an offset more, which is not a record. */
  void writeInTransaction(int partition, String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", name))) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, partition, values);
      producer.commitTransaction();
    }
    awaitMarkers();
  }

  void abort(int partition, String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", name))) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, partition, values);
      producer.abortTransaction();
    }
    awaitMarkers();
  }

  /**
   * Kafka answers a commit before its mark is in the partitions, where readers of what is committed
   * see it. The next producer of that name is let in when all marks are.
   */
  private void awaitMarkers() {
    try (KafkaProducer<byte[], byte[]> next = producer(Map.of("transactional.id", name))) {
      next.initTransactions();
    }
  }

  void send(KafkaProducer<byte[], byte[]> producer, int partition, String... values)
      throws Exception {
    for (String value : values) {
      byte[] bytes = value == null ? null : value.getBytes(UTF_8);
      producer.send(new ProducerRecord<>(name, partition, null, bytes)).get(60, TimeUnit.SECONDS);
    }
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("bootstrap.servers", kafka.bootstrapServers());
    config.put("max.request.size", 8 << 20);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** What is before {@code offset} is retained no longer. */
  void expire(int partition, long offset) throws Exception {
    try (Admin admin = admin()) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(name, partition), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  void delete() throws Exception {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(name)).all().get(60, TimeUnit.SECONDS);
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }
}
