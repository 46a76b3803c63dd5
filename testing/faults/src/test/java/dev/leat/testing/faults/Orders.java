package dev.leat.testing.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Orders that go to a topic: out of order by up to 20 s of event time, one in ten sent twice. It
 * knows what the broker has acknowledged, and so what must be in every table at the end.
 */
final class Orders implements AutoCloseable {
  static final Instant BEGIN = Instant.parse("2015-09-12T00:00:00Z");
  static final Duration DISORDER = Duration.ofSeconds(20);
  private static final double REPEATED = 0.1;
  private static final int SHOPS = 7;

  /** One order. */
  record Order(String id, Instant time, String shop, int amount) {
    byte[] json() {
      return "{\"id\":\"%s\",\"time\":\"%s\",\"shop\":\"%s\",\"amount\":%d}"
          .formatted(id, time, shop, amount)
          .getBytes(UTF_8);
    }
  }

  /** Where the broker has put a message. */
  record Place(int partition, long offset) {}

  private final String topic;
  private final int partitions;
  private final Random random;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<Place, Order> orders = new ConcurrentHashMap<>();
  private final Map<Place, byte[]> others = new ConcurrentHashMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final Queue<Order> again = new ArrayDeque<>();
  private Thread stream = new Thread();
  private volatile boolean stopped;
  private long number;

  Orders(String bootstrap, String topic, int partitions, long seed) {
    this.topic = topic;
    this.partitions = partitions;
    this.random = new Random(seed);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "acks",
                "all",
                "enable.idempotence",
                "true",
                "linger.ms",
                "5",
                "retries",
                Integer.MAX_VALUE,
                "delivery.timeout.ms",
                600_000,
                "max.block.ms",
                600_000,
                "max.request.size",
                64 << 20,
                "buffer.memory",
                128L << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Sends so many orders, one a second of event time. */
  void send(int count) {
    for (int i = 0; i < count; i++) {
      Order order = next();
      send(order, random.nextInt(partitions));
      if (random.nextDouble() < REPEATED) {
        again.add(order);
      }
      if (again.size() > 50) {
        send(again.remove(), random.nextInt(partitions));
      }
    }
  }

  /** The next order, not sent. */
  Order next() {
    long n = number++;
    Instant time =
        BEGIN
            .plusSeconds(n)
            .minusMillis(
                n == 0 ? 0 : random.nextInt((int) Math.min(n * 1000, DISORDER.toMillis())));
    return new Order("o-" + n, time, "shop-" + random.nextInt(SHOPS), random.nextInt(1000));
  }

  void send(Order order, int partition) {
    deliver(partition, order.json(), place -> orders.put(place, order));
  }

  /** Something that is no order. */
  void sendPoison(byte[] value, int partition) {
    deliver(partition, value, place -> others.put(place, value));
  }

  private void deliver(
      int partition, byte[] value, java.util.function.Consumer<Place> acknowledged) {
    sent.incrementAndGet();
    producer.send(
        new ProducerRecord<>(topic, partition, null, value),
        (metadata, e) -> {
          if (e == null) {
            acknowledged.accept(new Place(metadata.partition(), metadata.offset()));
          } else {
            failure.compareAndSet(null, e);
          }
        });
  }

  /** Sends orders at a rate, until {@link #stop}. */
  void stream(int ordersASecond) {
    stopped = false;
    stream =
        new Thread(
            () -> {
              long began = System.nanoTime();
              for (long i = 0; !stopped; i++) {
                long due = began + i * 1_000_000_000L / ordersASecond;
                java.util.concurrent.locks.LockSupport.parkNanos(due - System.nanoTime());
                send(1);
              }
            },
            "orders");
    stream.setDaemon(true);
    stream.start();
  }

  /** Ends the stream, and waits until the broker has acknowledged everything. */
  void stop() {
    stopped = true;
    try {
      stream.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    while (!again.isEmpty()) {
      send(again.remove(), random.nextInt(partitions));
    }
    producer.flush();
    if (failure.get() != null) {
      throw new IllegalStateException("a message was not acknowledged", failure.get());
    }
    if (orders.size() + others.size() != sent.get()) {
      throw new IllegalStateException(
          sent.get() + " sent, " + (orders.size() + others.size()) + " acknowledged");
    }
  }

  int acknowledged() {
    return orders.size() + others.size();
  }

  /** Where each order is, repeats too. */
  Map<Place, Order> orders() {
    return orders;
  }

  /** Where what is no order is. */
  Map<Place, byte[]> poison() {
    return others;
  }

  /** Each order once. */
  List<Order> distinct() {
    Map<String, Order> byId = new HashMap<>();
    orders.values().forEach(order -> byId.put(order.id(), order));
    return List.copyOf(byId.values());
  }

  /** The table there must be: {@code window shop -> count sum}, for windows of a minute. */
  static Map<String, String> table(List<Order> orders) {
    Map<String, long[]> sums = new TreeMap<>();
    for (Order order : orders) {
      Instant window = Instant.ofEpochSecond(Math.floorDiv(order.time().getEpochSecond(), 60) * 60);
      long[] sum = sums.computeIfAbsent(window + " " + order.shop(), unused -> new long[2]);
      sum[0]++;
      sum[1] += order.amount();
    }
    Map<String, String> table = new TreeMap<>();
    sums.forEach((key, sum) -> table.put(key, sum[0] + " " + sum[1]));
    return table;
  }

  @Override
  public void close() {
    stopped = true;
    producer.close(Duration.ofSeconds(5));
  }
}
