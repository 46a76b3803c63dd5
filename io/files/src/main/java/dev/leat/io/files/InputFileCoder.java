package dev.leat.io.files;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.io.spi.InputFile;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Encodes an {@link InputFile}. */
final class InputFileCoder extends CodecCoder<InputFile> {
  private static final long serialVersionUID = 1L;
  private static final InputFileCoder INSTANCE = new InputFileCoder();

  private InputFileCoder() {}

  static InputFileCoder of() {
    return INSTANCE;
  }

  @Override
  protected void write(InputFile file, ByteWriter out) {
    out.writeString(file.name());
    out.writeSignedVarint(file.sizeBytes()).writeSignedVarint(file.modifiedMillis());
  }

  @Override
  protected InputFile read(ByteReader in) {
    return InputFile.of(in.readString(), in.readSignedVarint(), in.readSignedVarint());
  }

  @Override
  public TypeDescriptor<InputFile> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(InputFile.class);
  }
}
