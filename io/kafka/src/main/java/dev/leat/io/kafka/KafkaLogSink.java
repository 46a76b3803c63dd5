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
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

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

  /** What both have. */
  private abstract static class AppendMessages<T> extends Appending<T, byte[]> {
    private static final long serialVersionUID = 1L;

    AppendMessages(ClientSettings client) {
      super(client, ByteArraySerializer.class);
    }

    @Override
    Map<String, Object> settings() {
      return Map.of("linger.ms", 20);
    }

    final void append(LogMessage message) {
      String key = message.key();
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              address().topic(),
              key == null ? null : key.getBytes(UTF_8),
              message.value().toByteArray());
      message.headers().forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
      append(record);
    }
  }

  private static final class AppendEach extends AppendMessages<LogMessage> {
    private static final long serialVersionUID = 1L;

    AppendEach(ClientSettings client) {
      super(client);
    }

    @ProcessElement
    public void process(@Element LogMessage message) {
      append(message);
    }
  }

  private static final class AppendAtRate
      extends AppendMessages<KV<Integer, Iterable<LogMessage>>> {
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
