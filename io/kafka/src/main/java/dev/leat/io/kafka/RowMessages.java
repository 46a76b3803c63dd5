package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowJson;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of rows: see {@link KafkaSink}. The revision stands with the value until the
 * message is written, since KafkaIO's exactly-once sink drops the headers of its records.
 */
final class RowMessages extends DoFn<RowBlock, ProducerRecord<byte[], KV<Long, byte[]>>> {
  private static final long serialVersionUID = 1L;

  static final Coder<ProducerRecord<byte[], KV<Long, byte[]>>> CODER =
      ProducerRecordCoder.of(
          NullableCoder.of(ByteArrayCoder.of()),
          KvCoder.of(NullableCoder.of(VarLongCoder.of()), ByteArrayCoder.of()));

  private final String topic;
  private final @Nullable LiveRows rows;

  /**
   * @param rows null for bounded rows, which have neither a key nor a revision
   */
  RowMessages(String topic, @Nullable LiveRows rows) {
    this.topic = topic;
    this.rows = rows;
  }

  @ProcessElement
  public void process(
      @Element RowBlock block, OutputReceiver<ProducerRecord<byte[], KV<Long, byte[]>>> messages) {
    forEach(block, messages::output);
  }

  /** Gives the messages of a block, in the order of its rows. */
  void forEach(RowBlock block, Consumer<ProducerRecord<byte[], KV<Long, byte[]>>> messages) {
    LiveRows live = rows;
    if (live == null) {
      for (Row row : block) {
        messages.accept(new ProducerRecord<>(topic, KV.of(null, RowJson.of(row).getBytes(UTF_8))));
      }
    } else if (!block.rows().isEmpty()) {
      Schema table = withoutRevision(block.rows().get(0).getSchema());
      for (Row row : block) {
        messages.accept(liveMessage(row, table, live));
      }
    }
  }

  private ProducerRecord<byte[], KV<Long, byte[]>> liveMessage(
      Row row, Schema table, LiveRows live) {
    byte[] key = RowJson.arrayOf(row, live.key()).getBytes(UTF_8);
    Row values =
        Row.withSchema(table).attachValues(row.getValues().subList(0, table.getFieldCount()));
    Long revision = row.getInt64(LiveRows.REVISION);
    return new ProducerRecord<>(topic, key, KV.of(revision, RowJson.of(values).getBytes(UTF_8)));
  }

  /** The revision is the last column. */
  private static Schema withoutRevision(Schema live) {
    return Schema.builder()
        .addFields(live.getFields().subList(0, live.getFieldCount() - 1))
        .build();
  }

  /** Writes the revision as a header. Kafka makes it by its name, so it is public. */
  public static final class RevisionInHeader implements Serializer<KV<Long, byte[]>> {
    @Override
    public byte[] serialize(String topic, KV<Long, byte[]> message) {
      return message.getValue();
    }

    @Override
    public byte[] serialize(String topic, Headers headers, KV<Long, byte[]> message) {
      Long revision = message.getKey();
      if (revision != null) {
        headers.add(LiveRows.REVISION, revision.toString().getBytes(UTF_8));
      }
      return message.getValue();
    }
  }
}
