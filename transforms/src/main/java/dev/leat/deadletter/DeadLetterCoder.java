package dev.leat.deadletter;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.event.EventCodec;
import dev.leat.event.Payload;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes a {@link DeadLetter}. */
public final class DeadLetterCoder extends CodecCoder<DeadLetter> {
  private static final long serialVersionUID = 1L;
  private static final DeadLetterCoder INSTANCE = new DeadLetterCoder();

  private DeadLetterCoder() {}

  public static DeadLetterCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  public void write(DeadLetter letter, ByteWriter out) {
    out.writeBytes(letter.data().toByteArray());
    out.writeString(letter.reason().name()).writeString(letter.detail()).writeString(letter.step());
    out.writeVarint(letter.attempt());
    EventCodec.writeNullableLineage(letter.ingest(), out);
  }

  @Override
  public DeadLetter read(ByteReader in) {
    Payload data = Payload.takingOver(in.readBytes());
    Reason reason = Reason.valueOf(in.readString());
    String detail = in.readString();
    String step = in.readString();
    int attempt = (int) in.readVarint();
    return DeadLetter.of(data, reason, detail, step, EventCodec.readNullableLineage(in))
        .withAttempt(attempt);
  }

  @Override
  public TypeDescriptor<DeadLetter> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(DeadLetter.class);
  }
}
