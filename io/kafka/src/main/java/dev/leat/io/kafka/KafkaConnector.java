package dev.leat.io.kafka;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.LogSink;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UsageException;
import java.util.Set;

/**
 * {@code kafka://host:port[,host:port]/topic}: the values of a topic as records, and rows as its
 * messages.
 *
 * <p><b>As a source</b> each value is one record. Its origin is {@code kafka://CLUSTER_ID/TOPIC},
 * so brokers may change their addresses. A message without a value (a tombstone) and a value that
 * is too long become records with a problem. Only committed messages are read. Partitions that are
 * added while a live run goes on are read from its next start. Parameters:
 *
 * <ul>
 *   <li>{@code start}: {@code earliest} (default), {@code latest}, a time such as {@code
 *       2015-09-12T00:00:00Z}, compared with Kafka's timestamps, which are not event times, or
 *       {@code partition:offset,partition:offset}.
 *   <li>{@code until}: {@code now}, a time, or {@code partition:offset,…} makes the source bounded.
 *       It is bounded too if the request has a range of event time: all that is retained when the
 *       run is planned is then read, since Kafka's timestamps tell nothing about event times.
 *   <li>{@code onGap=fail} (default) or {@code continue}: when records that were not taken are
 *       retained no longer.
 *   <li>{@code disorder} (default 10s; 0s to 30d): how far behind the latest event of its partition
 *       an event may come without being late.
 *   <li>{@code idle} (default 30s; 1s to 1d): after this time a partition that has nothing to read
 *       no longer holds the others; see {@link PartitionWatermark}.
 *   <li>{@code group}: commits what is read and checkpointed under this name, for lag monitoring.
 *       No run begins from it.
 *   <li>{@code maxRecordBytes} (default 16777216; 1024 to 67108864): a longer value becomes a
 *       problem with its first 65536 bytes.
 *   <li>{@code config}: the path of a file of Kafka's client properties, such as those for TLS and
 *       SASL. It is read wherever a client is made, on the launching machine and on every worker,
 *       and {@code ${env:NAME}} and {@code ${file:PATH}} in its values are resolved there. Settings
 *       that lose data are refused.
 * </ul>
 *
 * <p><b>As a sink</b> each row is one message: see {@link KafkaSink}.
 */
public final class KafkaConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("kafka");
  }

  @Override
  public Source source(ConnectorUri uri, SourceRequest request) {
    if (request.format() == RecordFormat.CSV) {
      throw new UsageException(
          uri + ": a message has no header line; expected header: false in the events section");
    }
    SourceSettings settings = SourceSettings.of(uri, request);
    return new KafkaLog(settings, TopicLog.describe(settings.client()));
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    return KafkaSink.to(uri, request);
  }

  @Override
  public LogSink log(ConnectorUri uri) {
    return KafkaLogSink.to(uri);
  }
}
