package dev.leat.testing.benchmarks.live;

import dev.leat.testing.benchmarks.flights.FlightReader;
import dev.leat.testing.benchmarks.flights.LinesInOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes flights to a topic at a steady rate, in a thread of its own, until they come to an end or
 * it is closed. Each hour is closed when the broker has the event after which it can get no more.
 */
final class PacedFlights implements AutoCloseable {
  private static final long TICK_MILLIS = 5;

  private final String topic;
  private final double perSecond;
  private final LinesInOrder lines;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ClosedHours hours;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "flights");
  private volatile boolean stopped;
  private volatile long sent;
  private volatile long sentNanos;

  private PacedFlights(
      String topic,
      double perSecond,
      LinesInOrder lines,
      KafkaProducer<byte[], byte[]> producer,
      ClosedHours hours) {
    this.topic = topic;
    this.perSecond = perSecond;
    this.lines = lines;
    this.producer = producer;
    this.hours = hours;
  }

  /**
   * Begins to write.
   *
   * @param about what {@link FlightTopic#describe} wrote
   * @param topic that exists, with {@link FlightTopic#PARTITIONS}
   */
  static PacedFlights start(Properties about, String topic, double perSecond, ClosedHours hours) {
    PacedFlights flights =
        new PacedFlights(
            topic,
            perSecond,
            new LinesInOrder(Path.of(about.getProperty("flights"))),
            FlightTopic.producer(about.getProperty("bootstrap"), Map.of("linger.ms", 2)),
            hours);
    flights.thread.setDaemon(true);
    flights.thread.start();
    return flights;
  }

  private void run() {
    long start = System.nanoTime();
    try {
      while (!stopped) {
        double due = (System.nanoTime() - start) / 1e9 * perSecond;
        while (sent < due && !stopped) {
          byte[] line = lines.next();
          if (line == null) {
            return;
          }
          send(line, (int) (sent % FlightTopic.PARTITIONS));
          sent++;
          sentNanos = System.nanoTime() - start;
        }
        TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
      }
    } catch (IOException e) {
      failure.set(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(byte[] line, int partition) throws IOException {
    long time = FlightReader.read(line).time;
    producer.send(
        new ProducerRecord<>(topic, partition, null, line),
        (sent, failed) -> {
          if (failed == null) {
            hours.stored(partition, time, System.nanoTime());
          } else {
            failure.set(failed);
          }
        });
  }

  /**
   * Events a second that came, those of the warm-up too: fewer than were asked for if the machine
   * had no time left for more.
   */
  double sentPerSecond() {
    return sent / (sentNanos / 1e9);
  }

  /**
   * @throws IOException if a flight could not be written
   */
  void check() throws IOException {
    Exception failed = failure.get();
    if (failed != null) {
      throw new IOException("flights could not be written", failed);
    }
  }

  /** Stops; all that was sent is stored then. */
  @Override
  public void close() throws IOException, InterruptedException {
    stopped = true;
    thread.join();
    producer.close();
    lines.close();
  }
}
