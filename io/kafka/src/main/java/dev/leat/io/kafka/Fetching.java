package dev.leat.io.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Polls partitions, packs what comes and keeps a few blocks ready, in a thread of its own: so the
 * next ones are on their way while the pipeline works, and whoever asks need not wait for the
 * network. Another thread asks once a second how far the log reaches, for partitions that are idle.
 * Both have a consumer that nobody else uses.
 */
final class Fetching implements AutoCloseable {
  /** Blocks kept ready: enough to bridge a poll, few enough to be small beside the pipeline's. */
  private static final int READY = 8;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long ENDS_EVERY_MILLIS = 1_000;
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final LiveSource source;
  private final Consumer<byte[], byte[]> consumer;
  private final Consumer<byte[], byte[]> watcher;
  private final BlockingQueue<Fetched> ready = new ArrayBlockingQueue<>(READY);
  private final AtomicReference<@Nullable Map<TopicPartition, OffsetAndMetadata>> toCommit =
      new AtomicReference<>();
  private final Thread polling;
  private final Thread watching;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  /**
   * Begins.
   *
   * @param from the first offset of each partition that is wanted
   */
  Fetching(LiveSource source, LiveTopic topic, Map<Integer, Long> from) {
    this.source = source;
    LiveConsumers consumers = new LiveConsumers(source.settings(), source.allStarts(), topic);
    this.consumer = consumers.apply(consumerConfig(source.settings()));
    this.watcher = consumers.apply(Map.of("isolation.level", "read_uncommitted"));
    List<TopicPartition> partitions = from.keySet().stream().map(this::partition).toList();
    consumer.assign(partitions);
    from.forEach((number, offset) -> consumer.seek(partition(number), offset));
    polling = thread("poll", this::poll);
    watching = thread("watch", () -> watch(partitions));
    polling.start();
    watching.start();
  }

  /** The next blocks, or null if none came within that time. */
  @Nullable Fetched next(long waitNanos) {
    Fetched next = ready.poll();
    if (next == null && waitNanos > 0) {
      try {
        next = ready.poll(waitNanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    Throwable failed = failure;
    if (next == null && failed != null) {
      throw failed instanceof RuntimeException
          ? (RuntimeException) failed
          : new IllegalStateException(failed);
    }
    return next;
  }

  /** Commits offsets to the group, if there is one, as soon as the thread that polls is free to. */
  void commit(Map<Integer, Long> offsets) {
    if (source.settings().group().isPresent()) {
      Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
      offsets.forEach(
          (number, offset) -> commits.put(partition(number), new OffsetAndMetadata(offset)));
      toCommit.set(commits);
    }
  }

  private void poll() {
    Map<Integer, Packing> packing = new HashMap<>();
    try {
      while (!isClosed()) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
          for (Fetched fetched :
              packing
                  .computeIfAbsent(partition.partition(), this::packingOf)
                  .pack(records.records(partition))) {
            put(fetched);
          }
        }
        commitIfAsked();
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      failUnlessClosed(e);
    } finally {
      consumer.close(CLOSING);
    }
  }

  private void put(Fetched fetched) throws InterruptedException {
    while (!isClosed() && !ready.offer(fetched, 100, TimeUnit.MILLISECONDS)) {
      commitIfAsked();
    }
  }

  /** What a group has committed is for those who watch its lag: nothing of a run depends on it. */
  private void commitIfAsked() {
    Map<TopicPartition, OffsetAndMetadata> commits = toCommit.getAndSet(null);
    if (commits != null) {
      consumer.commitAsync(commits, null);
    }
  }

  private void watch(List<TopicPartition> partitions) {
    try {
      do {
        try {
          watcher.endOffsets(partitions);
        } catch (WakeupException e) {
          failUnlessClosed(e);
        } catch (KafkaException e) {
          // The broker cannot say just now. Without news a partition only seems less idle.
        }
      } while (!closed.await(ENDS_EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException | RuntimeException | Error e) {
      failUnlessClosed(e);
    } finally {
      watcher.close(CLOSING);
    }
  }

  private void failUnlessClosed(Throwable e) {
    if (!isClosed()) {
      failure = e;
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private Packing packingOf(int partition) {
    return new Packing(source.settings(), source.origin(), partition, source.taken());
  }

  private TopicPartition partition(int number) {
    return new TopicPartition(source.settings().address().topic(), number);
  }

  private static Map<String, Object> consumerConfig(SourceSettings settings) {
    Map<String, Object> config = new HashMap<>();
    // Whole blocks of a poll; the fetches themselves are as large as Kafka's defaults have them.
    config.put("max.poll.records", 2_048);
    config.put("receive.buffer.bytes", 512 << 10);
    config.put("enable.auto.commit", false);
    settings.group().ifPresent(group -> config.put("group.id", group));
    return config;
  }

  private Thread thread(String does, Runnable task) {
    Thread thread =
        new Thread(task, "leat-kafka-" + does + "-" + source.settings().address().topic());
    thread.setDaemon(true);
    return thread;
  }

  /** Ends both threads; each closes its consumer, which is for one thread only. */
  @Override
  public void close() {
    closed.countDown();
    consumer.wakeup();
    watcher.wakeup();
    try {
      polling.join(2 * CLOSING.toMillis());
      watching.join(2 * CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
