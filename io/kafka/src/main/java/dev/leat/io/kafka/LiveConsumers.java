package dev.leat.io.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Makes the consumers of a reader: see {@link LiveConsumer}. */
final class LiveConsumers {
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

  /**
   * One more.
   *
   * @param more settings of its own
   */
  Consumer<byte[], byte[]> apply(Map<String, Object> more) {
    return client.consumer(
        config(isGapAccepted, more),
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
