package dev.leat.io.lake;

import com.google.auto.value.AutoValue;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.io.spi.Offsets;
import org.apache.beam.sdk.coders.DefaultCoder;

/** A staged file of a live ingest and the offsets of its rows, none of them twice. */
@AutoValue
@DefaultCoder(LiveFile.LiveFileCoder.class)
abstract class LiveFile {

  /** The table that a file is for. */
  enum Kind {
    EVENTS,
    DEAD_LETTERS
  }

  abstract Kind kind();

  abstract StagedFile file();

  /** Treat it as immutable. Empty if none of the rows has a lineage. */
  abstract Offsets offsets();

  static LiveFile of(Kind kind, StagedFile file, Offsets offsets) {
    if (!offsets.isEmpty() && offsets.size() != file.rows()) {
      throw new IllegalStateException(
          file.staged() + ": has " + file.rows() + " rows of " + offsets.size() + " offsets");
    }
    return new AutoValue_LiveFile(kind, file, offsets);
  }

  /** Whether copies of its rows can be told. */
  final boolean hasLineage() {
    return !offsets().isEmpty();
  }

  /** Encodes a {@link LiveFile}. */
  static final class LiveFileCoder extends CodecCoder<LiveFile> {
    private static final long serialVersionUID = 1L;
    private static final LiveFileCoder INSTANCE = new LiveFileCoder();

    private LiveFileCoder() {}

    static LiveFileCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(LiveFile file, ByteWriter out) {
      out.writeByte(file.kind().ordinal());
      StagedFile.StagedFileCoder.of().write(file.file(), out);
      file.offsets().writeTo(out);
    }

    @Override
    protected LiveFile read(ByteReader in) {
      Kind kind = Kind.values()[in.readByte()];
      StagedFile file = StagedFile.StagedFileCoder.of().read(in);
      return LiveFile.of(kind, file, Offsets.readFrom(in));
    }
  }
}
