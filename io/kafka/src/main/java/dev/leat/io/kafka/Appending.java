package dev.leat.io.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A step that appends messages to a topic at least once: those of a bundle are acknowledged before
 * it ends. The producer is made on the worker, where secrets are.
 *
 * @param <V> what the producer's serializer makes values of; keys are bytes
 */
abstract class Appending<InputT, V> extends DoFn<InputT, Void> {
  private static final long serialVersionUID = 1L;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final ClientSettings client;
  private final Class<? extends Serializer<V>> values;
  private transient @Nullable Producer<byte[], V> producer;

  /** Written by the producer's thread. */
  private transient AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  Appending(ClientSettings client, Class<? extends Serializer<V>> values) {
    this.client = client;
    this.values = values;
  }

  /** Settings of the producer, beside the client's. */
  Map<String, Object> settings() {
    return Map.of();
  }

  final TopicAddress address() {
    return client.address();
  }

  @StartBundle
  public void start() {
    failure = new AtomicReference<>();
  }

  /**
   * @throws IllegalStateException if an earlier message of the bundle could not be written
   */
  final void append(ProducerRecord<byte[], V> message) {
    Producer<byte[], V> open = producer;
    if (open == null) {
      Map<String, Object> config = new HashMap<>(settings());
      config.put("key.serializer", ByteArraySerializer.class.getName());
      config.put("value.serializer", values.getName());
      open = client.producer(config, each -> new KafkaProducer<byte[], V>(each));
      producer = open;
    }
    AtomicReference<@Nullable Exception> failed = failure;
    open.send(
        message,
        (unused, e) -> {
          if (e != null) {
            failed.compareAndSet(null, e);
          }
        });
    check();
  }

  @FinishBundle
  public void finish() {
    Producer<byte[], V> open = producer;
    if (open != null) {
      open.flush();
      check();
    }
  }

  private void check() {
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException(address() + ": cannot be appended to: " + e.getMessage(), e);
    }
  }

  /**
   * What counts was acknowledged when its bundle ended. The messages of a failed bundle come again:
   * to wait for brokers that are away would keep a job from starting anew, or from ending.
   */
  @Teardown
  public void close() {
    if (producer != null) {
      producer.close(CLOSE_TIMEOUT);
    }
  }
}
