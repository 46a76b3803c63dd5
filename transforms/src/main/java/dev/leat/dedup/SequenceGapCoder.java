package dev.leat.dedup;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes a {@link SequenceGap}. */
public final class SequenceGapCoder extends CodecCoder<SequenceGap> {
  private static final long serialVersionUID = 1L;
  private static final SequenceGapCoder INSTANCE = new SequenceGapCoder();

  private SequenceGapCoder() {}

  public static SequenceGapCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(SequenceGap gap, ByteWriter out) {
    out.writeString(gap.source()).writeSignedVarint(gap.first()).writeSignedVarint(gap.last());
  }

  @Override
  protected SequenceGap read(ByteReader in) {
    return SequenceGap.of(in.readString(), in.readSignedVarint(), in.readSignedVarint());
  }

  @Override
  public TypeDescriptor<SequenceGap> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(SequenceGap.class);
  }
}
