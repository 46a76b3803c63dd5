package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes an {@link EventBlock}. */
public final class EventBlockCoder extends CodecCoder<EventBlock> {
  private static final long serialVersionUID = 1L;
  private static final EventBlockCoder INSTANCE = new EventBlockCoder();

  private EventBlockCoder() {}

  public static EventBlockCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(EventBlock block, ByteWriter out) {
    out.writeVarint(block.count()).writeSignedVarint(block.minMillis());
  }

  @Override
  protected ByteReader restOf(EventBlock block) {
    return block.events();
  }

  @Override
  protected EventBlock read(ByteReader in) {
    return new EventBlock((int) in.readVarint(), in.readSignedVarint(), in.rest());
  }

  @Override
  public TypeDescriptor<EventBlock> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(EventBlock.class);
  }
}
