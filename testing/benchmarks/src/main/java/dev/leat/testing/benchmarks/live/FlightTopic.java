package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.flights.LinesInOrder;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of {@link FlightFiles} in a topic of two partitions, by turns and in their order. Last
 * comes in each partition a flight of a year later, so that the watermark passes all others.
 */
final class FlightTopic {
  static final int PARTITIONS = 2;

  private static final String LAST =
      "{\"id\":\"last-%d\",\"time\":\"2002-06-01T00:00:00Z\",\"origin\":\"END\","
          + "\"destination\":\"END\",\"delay\":0,\"distance\":0}";

  private final String name;

  /** How far behind the latest before it in its partition a flight that is new is at most. */
  private final Duration disorder;

  private FlightTopic(String name, Duration disorder) {
    this.name = name;
    this.disorder = disorder;
  }

  /** Makes the topic. */
  static FlightTopic in(EmbeddedKafka kafka, FlightFiles flights) throws IOException {
    String name = "flights-" + flights.lines();
    kafka.createTopic(name, PARTITIONS);
    try (KafkaProducer<byte[], byte[]> producer =
        producer(kafka.bootstrapServers(), Map.of("linger.ms", 20))) {
      AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
      long disorder = new Filling(name, producer, failure).fill(flights);
      producer.flush();
      if (failure.get() != null) {
        throw new IOException(failure.get());
      }
      return new FlightTopic(name, Duration.ofSeconds(disorder / 1000 + 60));
    }
  }

  /** A producer of lines without keys. */
  static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", bootstrap);
    all.put("key.serializer", ByteArraySerializer.class.getName());
    all.put("value.serializer", ByteArraySerializer.class.getName());
    all.put("batch.size", 256 << 10);
    return new KafkaProducer<>(all);
  }

  /**
   * Writes it where {@link RunLive} finds it.
   *
   * @param paced whether latency is to be measured, with the same flights in a topic of its own
   */
  void describe(EmbeddedKafka kafka, FlightFiles flights, boolean paced, Path file)
      throws IOException {
    Properties about = new Properties();
    about.setProperty("bootstrap", kafka.bootstrapServers());
    about.setProperty("topic", name);
    about.setProperty("disorderSeconds", Long.toString(disorder.toSeconds()));
    about.setProperty("events", Long.toString(flights.lines()));
    about.setProperty("hourly", flights.hourlyFile().toString());
    if (paced) {
      about.setProperty("flights", flights.folder().toString());
    }
    try (var out = Files.newOutputStream(file)) {
      about.store(out, null);
    }
  }

  private static final class Filling {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure;
    private final long[] latest = new long[PARTITIONS];
    private final java.util.Set<String> seen = new java.util.HashSet<>();
    private long line;
    private long disorder;

    Filling(
        String topic,
        KafkaProducer<byte[], byte[]> producer,
        AtomicReference<@Nullable Exception> failure) {
      this.topic = topic;
      this.producer = producer;
      this.failure = failure;
    }

    /** Returns the disorder of new flights in milliseconds. */
    long fill(FlightFiles flights) throws IOException {
      try (LinesInOrder lines = new LinesInOrder(flights.folder())) {
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
          send(line);
        }
      }
      for (int partition = 0; partition < PARTITIONS; partition++) {
        byte[] last = LAST.formatted(partition).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, partition, null, last));
      }
      return disorder;
    }

    private void send(byte[] flight) throws IOException {
      int partition = (int) (line++ % PARTITIONS);
      Flight read = FlightReader.read(flight);
      if (seen.add(read.id)) {
        disorder = Math.max(disorder, latest[partition] - read.time);
        latest[partition] = Math.max(latest[partition], read.time);
      }
      producer.send(
          new ProducerRecord<>(topic, partition, null, flight),
          (sent, failed) -> {
            if (failed != null) {
              failure.set(failed);
            }
          });
    }
  }
}
