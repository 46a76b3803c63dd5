package dev.leat.io.files;

import com.google.auto.value.AutoValue;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.util.Locale;
import org.apache.beam.sdk.values.TypeDescriptor;

/** A file that is written and not yet visible. */
@AutoValue
abstract class PartFile {
  /** Its name in the staging folder. */
  abstract String staged();

  /** {@code date=2015-09-12}, or empty. */
  abstract String partition();

  /** From 0 within the partition. */
  abstract int number();

  abstract long rows();

  static PartFile of(String staged, String partition, int number, long rows) {
    return new AutoValue_PartFile(staged, partition, number, rows);
  }

  /** Its name in the target folder, for example {@code date=2015-09-12/part-00000.parquet}. */
  final String name(String extension) {
    String file = String.format(Locale.ROOT, "part-%05d%s", number(), extension);
    return partition().isEmpty() ? file : partition() + "/" + file;
  }

  /** Encodes a {@link PartFile}. */
  static final class PartFileCoder extends CodecCoder<PartFile> {
    private static final long serialVersionUID = 1L;

    @Override
    protected void write(PartFile part, ByteWriter out) {
      out.writeString(part.staged()).writeString(part.partition());
      out.writeVarint(part.number()).writeVarint(part.rows());
    }

    @Override
    protected PartFile read(ByteReader in) {
      return of(in.readString(), in.readString(), (int) in.readVarint(), in.readVarint());
    }

    @Override
    public TypeDescriptor<PartFile> getEncodedTypeDescriptor() {
      return TypeDescriptor.of(PartFile.class);
    }
  }
}
