package dev.leat.io.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to a topic, with its producer: made on the worker, where secrets are. A
 * message that could not be written makes the next call fail, and all after it. For one thread.
 */
final class Outbox<V> implements AutoCloseable {
  private final TopicAddress address;
  private final Producer<byte[], V> producer;

  /** Written by the producer's thread. */
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private Outbox(TopicAddress address, Producer<byte[], V> producer) {
    this.address = address;
    this.producer = producer;
  }

  /**
   * @param values writes the values; the keys are bytes
   * @param more settings of the producer
   */
  static <V> Outbox<V> open(
      ClientSettings client, Class<? extends Serializer<V>> values, Map<String, ?> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("key.serializer", ByteArraySerializer.class.getName());
    config.put("value.serializer", values.getName());
    return new Outbox<>(
        client.address(), client.producer(config, each -> new KafkaProducer<byte[], V>(each)));
  }

  /**
   * @throws IllegalStateException if an earlier message could not be written
   */
  void send(ProducerRecord<byte[], V> message) {
    producer.send(
        message,
        (unused, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        });
    check();
  }

  /**
   * Waits until all that was sent is acknowledged.
   *
   * @throws IllegalStateException if a message could not be written
   */
  void flush() {
    producer.flush();
    check();
  }

  private void check() {
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException(address + ": cannot be appended to: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
