package dev.leat.io.kafka;

import dev.leat.block.RowBlock;
import dev.leat.io.kafka.RowMessages.RevisionInHeader;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of rows at least once; those of a bundle are acknowledged before it ends.
 * KafkaIO's writer takes single messages, so that a live bundle of some elements would wait for the
 * brokers after as many rows, not blocks of them (ADR 28).
 */
final class WriteMessages extends DoFn<RowBlock, Void> {
  private static final long serialVersionUID = 1L;

  private final ClientSettings client;
  private final RowMessages messages;
  private transient @Nullable Outbox<KV<Long, byte[]>> outbox;

  WriteMessages(ClientSettings client, RowMessages messages) {
    this.client = client;
    this.messages = messages;
  }

  @ProcessElement
  public void process(@Element RowBlock block) {
    Outbox<KV<Long, byte[]>> open = outbox;
    if (open == null) {
      open = Outbox.open(client, RevisionInHeader.class, Map.of());
      outbox = open;
    }
    messages.forEach(block, open::send);
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
