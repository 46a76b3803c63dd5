package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.LogMessage;
import dev.leat.io.spi.LogSink;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Appends bytes to a topic, which must exist. Every message is acknowledged by all in-sync
 * replicas, and the client's own retries write none twice. They have the time of writing: with that
 * of the event, a topic would drop old events as soon as it had them.
 */
record KafkaLogSink(ClientSettings client) implements LogSink {
  /**
   * @throws dev.leat.io.spi.UsageException if something in the URI cannot be
   * @throws dev.leat.io.spi.UnreachableException if the topic is not there
   */
  static KafkaLogSink to(ConnectorUri uri) {
    uri.allowParameters(Set.of("config"));
    ClientSettings client =
        new ClientSettings(TopicAddress.of(uri), uri.parameter("config").orElse(null));
    client.check();
    TopicLog.describe(client);
    return new KafkaLogSink(client);
  }

  @Override
  public PTransform<PCollection<LogMessage>, PDone> append(OptionalDouble perSecond) {
    return new Append(client, perSecond.orElse(0));
  }

  private static final class Append extends PTransform<PCollection<LogMessage>, PDone> {
    private static final long serialVersionUID = 1L;

    private final ClientSettings client;
    private final double perSecond;

    Append(ClientSettings client, double perSecond) {
      this.client = client;
      this.perSecond = perSecond;
    }

    @Override
    public PDone expand(PCollection<LogMessage> messages) {
      if (perSecond == 0) {
        messages.apply("Append", ParDo.of(new AppendEach(client)));
      } else {
        // One writer, which can count for all.
        messages
            .apply("One writer", WithKeys.of(0))
            .setCoder(KvCoder.of(VarIntCoder.of(), LogMessage.LogMessageCoder.of()))
            .apply("Together", GroupByKey.create())
            .apply("Append at a rate", ParDo.of(new AppendAtRate(client, perSecond)));
      }
      return PDone.in(messages.getPipeline());
    }
  }

  /** What both have: a producer, made on the worker, where secrets are. */
  private abstract static class Appending<T> extends DoFn<T, Void> {
    private static final long serialVersionUID = 1L;

    private final ClientSettings client;
    private transient @Nullable Outbox<byte[]> outbox;

    Appending(ClientSettings client) {
      this.client = client;
    }

    final void append(LogMessage message) {
      Outbox<byte[]> open = outbox;
      if (open == null) {
        open = Outbox.open(client, ByteArraySerializer.class, Map.of("linger.ms", 20));
        outbox = open;
      }
      String key = message.key();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              client.address().topic(),
              key == null ? null : key.getBytes(UTF_8),
              message.value().toByteArray());
      message.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
      open.send(record);
    }

    @FinishBundle
    public void finish() {
      if (outbox != null) {
        outbox.flush();
      }
    }

    @Teardown
    public void close() {
      if (outbox != null) {
        outbox.close();
      }
    }
  }

  private static final class AppendEach extends Appending<LogMessage> {
    private static final long serialVersionUID = 1L;

    AppendEach(ClientSettings client) {
      super(client);
    }

    @ProcessElement
    public void process(@Element LogMessage message) {
      append(message);
    }
  }

  private static final class AppendAtRate extends Appending<KV<Integer, Iterable<LogMessage>>> {
    private static final long serialVersionUID = 1L;

    private final double perSecond;

    AppendAtRate(ClientSettings client, double perSecond) {
      super(client);
      this.perSecond = perSecond;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<LogMessage>> messages) {
      Pace pace = Pace.of(perSecond);
      for (LogMessage message : messages.getValue()) {
        pace.await();
        append(message);
      }
    }
  }
}
