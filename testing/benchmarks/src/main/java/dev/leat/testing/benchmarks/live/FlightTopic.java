package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightFiles;
import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
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
  private final Duration disorder;

  private FlightTopic(String name, Duration disorder) {
    this.name = name;
    this.disorder = disorder;
  }

  /** Makes the topic. */
  static FlightTopic in(EmbeddedKafka kafka, FlightFiles flights) throws IOException {
    String name = "flights-" + flights.lines();
    kafka.createTopic(name, PARTITIONS);
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings(kafka))) {
      AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
      long disorder = new Filling(name, producer, failure).fill(flights);
      producer.flush();
      if (failure.get() != null) {
        throw new IOException(failure.get());
      }
      return new FlightTopic(name, Duration.ofSeconds(disorder / 1000 + 60));
    }
  }

  String name() {
    return name;
  }

  /** How far behind the latest before it in its partition a flight that is new is at most. */
  Duration disorder() {
    return disorder;
  }

  private static Map<String, Object> settings(EmbeddedKafka kafka) {
    return Map.of(
        "bootstrap.servers", kafka.bootstrapServers(),
        "key.serializer", ByteArraySerializer.class.getName(),
        "value.serializer", ByteArraySerializer.class.getName(),
        "linger.ms", 20,
        "batch.size", 256 << 10);
  }

  /** Writes it where the contenders find it. */
  void describe(EmbeddedKafka kafka, long rows, Path file) throws IOException {
    Properties about = new Properties();
    about.setProperty("bootstrap", kafka.bootstrapServers());
    about.setProperty("topic", name);
    about.setProperty("disorderSeconds", Long.toString(disorder.toSeconds()));
    about.setProperty("rows", Long.toString(rows));
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
      List<Path> files =
          IntStream.range(0, 8)
              .mapToObj(part -> flights.folder().resolve("part-%d.jsonl".formatted(part)))
              .toList();
      for (Path file : files) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
          byte[] buffer = new byte[1 << 10];
          int size = 0;
          for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
              send(java.util.Arrays.copyOf(buffer, size));
              size = 0;
            } else {
              buffer[size++] = (byte) next;
            }
          }
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
