package dev.leat.io.kafka;

import dev.leat.block.RowBlock;
import dev.leat.io.kafka.SinkSettings.Transactions;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowJson;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Rows as messages of a topic, which must exist: the value is the row as {@link RowJson}.
 *
 * <p>A live run's messages have the row's key columns as their key, a JSON array such as {@code
 * ["2015-09-12T13:00:00Z","en"]}, so a compacted topic keeps the last of each; and its revision in
 * the header {@value LiveRows#REVISION}, a decimal number in text: of the messages with one key the
 * one with the highest revision is the row. A bounded run's messages have neither.
 *
 * <p>Every message is acknowledged by all in-sync replicas, and the client's own retries write none
 * twice. A bundle that the runner retries writes its messages again: a reader that keeps the
 * highest revision for each key is not disturbed. With {@code exactlyOnce=true} it does not:
 * messages are written in transactions (KafkaIO's exactly-once sink), for readers with {@code
 * isolation.level=read_committed}, when the checkpoint is complete that has them. Then:
 *
 * <ul>
 *   <li>{@code shards} (default 1; 1 to 999): how many writers.
 *   <li>{@code transactionTimeout} (default 10m; 10s to 1d): longer than checkpoints are apart and
 *       a restart takes, and no longer than the broker's {@code transaction.max.timeout.ms}.
 *   <li>{@code group} (default, live: {@code leat-WORKFLOW.TOPIC}): the name under which Kafka
 *       keeps how far the writers are. A live run goes on under the name that it was begun with.
 *       One that begins without saved state would write again what is there, so it is refused under
 *       a name that an earlier one has used; Kafka forgets the name when it was not used for {@code
 *       offsets.retention.minutes}, 7 days unless the broker says otherwise. A bounded run has a
 *       name of its own.
 * </ul>
 *
 * <p>A bounded run's messages appear as they are written, not at once: Kafka has no commit across
 * workers. Write to a table first where that matters.
 */
record KafkaSink(SinkSettings settings, SinkRequest request) implements RowSink {
  /**
   * @throws UsageException if something in the URI cannot be, or an earlier run has the group
   * @throws UnreachableException if the topic is not there
   */
  static KafkaSink to(ConnectorUri uri, SinkRequest request) {
    SinkSettings settings = SinkSettings.of(uri, request);
    TopicLog.describe(settings.client());
    Transactions transactions = settings.transactions();
    if (transactions != null && !request.isResumed()) {
      refuseUsed(settings.client(), transactions.group());
    }
    return new KafkaSink(settings, request);
  }

  /** KafkaIO refuses it too, but on the worker, again and again. */
  private static void refuseUsed(ClientSettings client, String group) {
    if (TopicLog.isKnown(client, group)) {
      throw new UsageException(
          client.address()
              + ": an earlier run has written with group "
              + group
              + "; go on from its saved state (on Flink --savepointPath), or, to write all anew"
              + " beside what it wrote, give another name: group=NAME");
    }
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> write() {
    return new Write(settings, new RowMessages(settings.client().address().topic(), null));
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> writeLive() {
    LiveRows rows =
        request.live().orElseThrow(() -> new IllegalStateException("not a request for live rows"));
    return new Write(settings, new RowMessages(settings.client().address().topic(), rows));
  }

  @Override
  public Optional<String> summary() {
    return Optional.of("messages in " + settings.client().address());
  }

  private static final class Write extends PTransform<PCollection<RowBlock>, PDone> {
    private static final long serialVersionUID = 1L;

    private final transient SinkSettings settings;
    private final transient RowMessages messages;

    Write(SinkSettings settings, RowMessages messages) {
      this.settings = settings;
      this.messages = messages;
    }

    @Override
    public PDone expand(PCollection<RowBlock> rows) {
      String name = "Write " + settings.client().address().topic();
      Transactions transactions = settings.transactions();
      if (transactions == null) {
        rows.apply(name, ParDo.of(new WriteMessages(settings.client(), messages)));
        return PDone.in(rows.getPipeline());
      }
      return rows.apply("To messages", ParDo.of(messages))
          .setCoder(RowMessages.CODER)
          .apply(name, inTransactions(transactions));
    }

    private KafkaIO.WriteRecords<byte[], KV<Long, byte[]>> inTransactions(
        Transactions transactions) {
      return KafkaIO.<byte[], KV<Long, byte[]>>writeRecords()
          .withBootstrapServers(settings.client().address().bootstrap())
          .withTopic(settings.client().address().topic())
          .withKeySerializer(ByteArraySerializer.class)
          .withValueSerializer(RowMessages.RevisionInHeader.class)
          .withProducerFactoryFn(new Producers(settings.client(), transactions))
          .withEOS(transactions.shards(), transactions.group())
          .withConsumerFactoryFn(new GroupConsumers(settings.client()));
    }
  }

  /** Makes producers on the worker, where secrets are. */
  private static final class Producers
      implements SerializableFunction<Map<String, Object>, Producer<byte[], KV<Long, byte[]>>> {
    private static final long serialVersionUID = 1L;

    private final ClientSettings client;
    private final Transactions transactions;

    Producers(ClientSettings client, Transactions transactions) {
      this.client = client;
      this.transactions = transactions;
    }

    @Override
    public Producer<byte[], KV<Long, byte[]>> apply(Map<String, Object> kafkaIos) {
      Map<String, Object> config = new HashMap<>(kafkaIos);
      config.putAll(transactions.producer());
      return client.producer(config, KafkaProducer::new);
    }
  }

  /** Makes consumers that ask what a group has committed. */
  private static final class GroupConsumers
      implements SerializableFunction<Map<String, Object>, Consumer<?, ?>> {
    private static final long serialVersionUID = 1L;

    private final ClientSettings client;

    GroupConsumers(ClientSettings client) {
      this.client = client;
    }

    @Override
    public Consumer<?, ?> apply(@Nullable Map<String, Object> kafkaIos) {
      return client.consumer(
          kafkaIos == null ? Map.of() : kafkaIos,
          config -> new KafkaConsumer<byte[], byte[]>(config));
    }
  }
}
