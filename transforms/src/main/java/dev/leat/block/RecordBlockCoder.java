package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes a {@link RecordBlock}. */
public final class RecordBlockCoder extends CodecCoder<RecordBlock> {
  private static final long serialVersionUID = 1L;
  private static final RecordBlockCoder INSTANCE = new RecordBlockCoder();

  private RecordBlockCoder() {}

  public static RecordBlockCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(RecordBlock block, ByteWriter out) {
    out.writeString(block.origin()).writeSignedVarint(block.partition());
    out.writeNullableString(block.header());
    out.writeVarint(block.attempt()).writeVarint(block.count());
  }

  @Override
  protected ByteReader restOf(RecordBlock block) {
    return block.records();
  }

  @Override
  protected RecordBlock read(ByteReader in) {
    return new RecordBlock(
        in.readString(),
        (int) in.readSignedVarint(),
        in.readNullableString(),
        (int) in.readVarint(),
        (int) in.readVarint(),
        in.rest());
  }

  @Override
  public TypeDescriptor<RecordBlock> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(RecordBlock.class);
  }
}
