package dev.leat.ingest;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.event.Payload;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes a {@link RawRecord}. */
public final class RawRecordCoder extends CodecCoder<RawRecord> {
  private static final long serialVersionUID = 1L;
  private static final RawRecordCoder INSTANCE = new RawRecordCoder();

  private RawRecordCoder() {}

  public static RawRecordCoder of() {
    return INSTANCE;
  }

  /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
  public static CoderProvider getCoderProvider() {
    return provider(INSTANCE);
  }

  @Override
  protected void write(RawRecord record, ByteWriter out) {
    out.writeString(record.origin()).writeSignedVarint(record.partition());
    out.writeSignedVarint(record.offset());
    out.writeNullableString(record.header()).writeNullableString(record.problem());
    out.writeVarint(record.attempt()).writeBytes(record.data().toByteArray());
  }

  @Override
  protected RawRecord read(ByteReader in) {
    return RawRecord.builder()
        .origin(in.readString())
        .partition((int) in.readSignedVarint())
        .offset(in.readSignedVarint())
        .header(in.readNullableString())
        .problem(in.readNullableString())
        .attempt((int) in.readVarint())
        .data(Payload.takingOver(in.readBytes()))
        .build();
  }

  @Override
  public TypeDescriptor<RawRecord> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(RawRecord.class);
  }
}
