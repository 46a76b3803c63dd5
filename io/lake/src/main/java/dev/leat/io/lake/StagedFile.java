package dev.leat.io.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auto.value.AutoValue;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/** A finished data file that no reader sees yet. */
@AutoValue
@DefaultCoder(StagedFile.StagedFileCoder.class)
abstract class StagedFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where it lies now. */
  abstract String staged();

  /** Where it belongs; the same as {@link #staged()} where files cannot be moved. */
  abstract String location();

  abstract long rows();

  /** Iceberg's description of the file, as its own JSON: partition, size, column statistics. */
  abstract String description();

  static StagedFile of(String staged, DataFile file, Table table) {
    return new AutoValue_StagedFile(
        staged,
        file.location(),
        file.recordCount(),
        ContentFileParser.toJson(file, table.specs().get(file.specId())));
  }

  final DataFile dataFile(Table table) {
    try {
      return (DataFile) ContentFileParser.fromJson(JSON.readTree(description()), table.specs());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The description of " + location() + " is damaged", e);
    }
  }

  /** Encodes a {@link StagedFile}. */
  static final class StagedFileCoder extends CodecCoder<StagedFile> {
    private static final long serialVersionUID = 1L;
    private static final StagedFileCoder INSTANCE = new StagedFileCoder();

    private StagedFileCoder() {}

    static StagedFileCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(StagedFile file, ByteWriter out) {
      out.writeString(file.staged()).writeString(file.location()).writeVarint(file.rows());
      out.writeString(file.description());
    }

    @Override
    protected StagedFile read(ByteReader in) {
      return new AutoValue_StagedFile(
          in.readString(), in.readString(), in.readVarint(), in.readString());
    }
  }
}
