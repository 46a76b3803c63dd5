package dev.leat.pipelines.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The flights as a live stream, faster than they flew: each is sent up to two hours of event time
 * after it happened, 2% up to eight, 0.5% two days after, 5% twice, and now and then something that
 * is no flight. The same seed gives the same stream.
 */
final class FlightStream implements Closeable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");
  private static final double REPEATED = 0.05;
  private static final double LATE = 0.02;
  private static final double TOO_LATE = 0.005;
  private static final int POISON_EVERY = 2_000;

  private final List<Message> messages;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final double eventHoursASecond;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::send, "flights");
  private volatile boolean stopped;

  private record Message(Instant sent, byte[] key, byte[] value) {}

  /**
   * @param flights a gzipped JSON array of flights
   * @param eventHoursASecond how fast time passes
   */
  FlightStream(Path flights, String bootstrap, String topic, long seed, double eventHoursASecond)
      throws IOException {
    this.messages = messages(flights, seed);
    this.topic = topic;
    this.eventHoursASecond = eventHoursASecond;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", "20"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Messages that the broker has, for certain. */
  long acknowledged() {
    return acknowledged.get();
  }

  int total() {
    return messages.size();
  }

  boolean isRunning() {
    return thread.isAlive();
  }

  /** Ends the stream where it is, and waits until the broker has all that was sent. */
  void stop() {
    stopped = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("A flight could not be sent", failed);
    }
  }

  @Override
  public void close() {
    stopped = true;
    producer.close(Duration.ofSeconds(10));
  }

  private void send() {
    Instant first = messages.get(0).sent();
    long began = System.nanoTime();
    try {
      for (Message message : messages) {
        double eventSeconds = Duration.between(first, message.sent()).toMillis() / 1000.0;
        long due = began + (long) (eventSeconds / 3600 / eventHoursASecond * 1e9);
        long millis = (due - System.nanoTime()) / 1_000_000;
        if (millis > 0) {
          Thread.sleep(millis);
        }
        if (stopped) {
          break;
        }
        producer.send(
            new ProducerRecord<>(topic, message.key(), message.value()),
            (metadata, e) -> {
              if (e == null) {
                acknowledged.incrementAndGet();
              } else {
                failure.compareAndSet(null, e);
              }
            });
      }
    } catch (InterruptedException e) {
      // Stopped while it waited for the next flight.
    }
    producer.flush();
  }

  private static List<Message> messages(Path flights, long seed) throws IOException {
    Random random = new Random(seed);
    List<Message> messages = new ArrayList<>();
    for (JsonNode flight : Delivery.read(flights)) {
      Instant time =
          LocalDateTime.parse(flight.path("date").asText(), TIME).toInstant(ZoneOffset.UTC);
      byte[] key = flight.path("origin").asText().getBytes(UTF_8);
      byte[] line = Json.write(flight);
      double luck = random.nextDouble();
      int minutes =
          luck < TOO_LATE ? 48 * 60 : random.nextInt(luck < TOO_LATE + LATE ? 8 * 60 : 2 * 60);
      Instant sent = time.plus(Duration.ofMinutes(minutes));
      messages.add(new Message(sent, key, line));
      if (random.nextDouble() < REPEATED) {
        Instant again = sent.plus(Duration.ofMinutes(random.nextInt(60)));
        messages.add(new Message(again, key, line));
      }
      if (messages.size() % POISON_EVERY == 0) {
        List<byte[]> poison = Delivery.POISON;
        messages.add(new Message(sent, key, poison.get(random.nextInt(poison.size()))));
      }
    }
    messages.sort(Comparator.comparing(Message::sent));
    return messages;
  }
}
