package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowJson;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Makes messages of rows: see {@link KafkaSink}. */
final class RowMessages extends DoFn<RowBlock, ProducerRecord<byte[], byte[]>> {
  private static final long serialVersionUID = 1L;

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
      @Element RowBlock block, OutputReceiver<ProducerRecord<byte[], byte[]>> messages) {
    LiveRows live = rows;
    if (live == null) {
      for (Row row : block) {
        messages.output(new ProducerRecord<>(topic, RowJson.of(row).getBytes(UTF_8)));
      }
    } else if (!block.rows().isEmpty()) {
      Schema table = withoutRevision(block.rows().get(0).getSchema());
      for (Row row : block) {
        messages.output(liveMessage(row, table, live));
      }
    }
  }

  private ProducerRecord<byte[], byte[]> liveMessage(Row row, Schema table, LiveRows live) {
    byte[] key = RowJson.arrayOf(row, live.key()).getBytes(UTF_8);
    Row values =
        Row.withSchema(table).attachValues(row.getValues().subList(0, table.getFieldCount()));
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(topic, key, RowJson.of(values).getBytes(UTF_8));
    String revision = String.valueOf(row.getInt64(LiveRows.REVISION));
    message.headers().add(LiveRows.REVISION, revision.getBytes(UTF_8));
    return message;
  }

  /** The revision is the last column. */
  private static Schema withoutRevision(Schema live) {
    return Schema.builder()
        .addFields(live.getFields().subList(0, live.getFieldCount() - 1))
        .build();
  }
}
