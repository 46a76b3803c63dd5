package dev.leat.io.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Makes KafkaIO's consumers, on the worker: see {@link LiveConsumer}. */
final class LiveConsumers
    implements SerializableFunction<Map<String, Object>, Consumer<byte[], byte[]>> {
  private static final long serialVersionUID = 1L;

  private final ClientSettings client;
  private final boolean isGapAccepted;
  private final HashMap<Integer, Long> starts;
  private final LiveTopic topic;

  LiveConsumers(SourceSettings settings, Map<Integer, Long> starts, LiveTopic topic) {
    this.client = settings.client();
    this.isGapAccepted = settings.isGapAccepted();
    this.starts = new HashMap<>(starts);
    this.topic = topic;
  }

  /** A plain consumer of committed records, which begins nowhere by itself. */
  static Consumer<byte[], byte[]> open(
      ClientSettings client, boolean isGapAccepted, Map<String, Object> more) {
    return client.consumer(config(isGapAccepted, more), config -> new KafkaConsumer<>(config));
  }

  @Override
  public Consumer<byte[], byte[]> apply(Map<String, Object> kafkaIos) {
    return client.consumer(
        config(isGapAccepted, kafkaIos),
        config -> new LiveConsumer(config, client.address(), starts, topic));
  }

  /** {@code more} wins but for where to begin, which nobody but us knows. */
  private static Map<String, Object> config(boolean isGapAccepted, Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>();
    config.put("isolation.level", "read_committed");
    config.putAll(more);
    config.put("auto.offset.reset", isGapAccepted ? "earliest" : "none");
    return config;
  }
}
