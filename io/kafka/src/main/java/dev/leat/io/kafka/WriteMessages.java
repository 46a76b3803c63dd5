package dev.leat.io.kafka;

import dev.leat.block.RowBlock;
import dev.leat.io.kafka.RowMessages.RevisionInHeader;
import org.apache.beam.sdk.values.KV;

/**
 * Writes the messages of rows at least once. KafkaIO's writer takes single messages, so that a live
 * bundle of some elements would wait for the brokers after as many rows, not blocks of them (ADR
 * 28).
 */
final class WriteMessages extends Appending<RowBlock, KV<Long, byte[]>> {
  private static final long serialVersionUID = 1L;

  private final RowMessages messages;

  WriteMessages(ClientSettings client, RowMessages messages) {
    super(client, RevisionInHeader.class);
    this.messages = messages;
  }

  @ProcessElement
  public void process(@Element RowBlock block) {
    messages.forEach(block, this::append);
  }
}
