package dev.leat.testing.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The rows in a contender's topic as they come. Of a row that is made anew the latest revision is
 * the row.
 */
final class RowsTopic implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REVISION = "leat_revision";
  private static final Duration LONGEST_POLL = Duration.ofMillis(100);

  /** What a row is about. */
  record Key(Instant hour, String origin) {}

  private final KafkaConsumer<String, String> consumer;
  private final Map<Key, String> rows = new HashMap<>();
  private final Map<Key, Long> revisions = new HashMap<>();

  /** {@link System#nanoTime} at which a row was last said otherwise than before. */
  private final Map<Key, Long> seen = new HashMap<>();

  private long lastNew = System.nanoTime();

  RowsTopic(String bootstrap, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "key.deserializer",
                StringDeserializer.class.getName(),
                "value.deserializer",
                StringDeserializer.class.getName()));
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** Takes what has come, and waits a moment if nothing has. */
  void poll() throws IOException {
    for (ConsumerRecord<String, String> message : consumer.poll(LONGEST_POLL)) {
      take(message);
    }
  }

  private void take(ConsumerRecord<String, String> message) throws IOException {
    JsonNode row = JSON.readTree(message.value());
    Key key =
        new Key(Instant.parse(row.path("window_start").asText()), row.path("origin").asText());
    Header header = message.headers().lastHeader(REVISION);
    long revision =
        header == null
            ? Long.MAX_VALUE
            : Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
    if (revision < revisions.getOrDefault(key, Long.MIN_VALUE)) {
      return;
    }
    revisions.put(key, revision);
    if (!message.value().equals(rows.put(key, message.value()))) {
      lastNew = System.nanoTime();
      seen.put(key, lastNew);
    }
  }

  /** The messages. */
  Collection<String> rows() {
    return rows.values();
  }

  Map<Key, Long> seen() {
    return seen;
  }

  /** {@link System#nanoTime} at which a row was last new; at first, when this was opened. */
  long lastNew() {
    return lastNew;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
