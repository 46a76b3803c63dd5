package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.RecordFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decompresses a file and cuts it into records. */
record RecordScan(RecordFormat format, int maxRecordBytes) implements FileScan {
  private static final int BUFFER_BYTES = 1 << 20;

  @Override
  public Progress begin(InputFile file, Consumer<RecordBlock> out) {
    Records records = new Records(file.name(), maxRecordBytes, out);
    return new Buffers(file.name(), records, Framing.of(format, records));
  }

  /** Hands on each read at once, so that what was good before a fault is not lost with it. */
  private static final class Buffers implements Progress {
    private final String name;
    private final Records records;
    private final Framing framing;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private @Nullable InputStream in;

    Buffers(String name, Records records, Framing framing) {
      this.name = name;
      this.records = records;
      this.framing = framing;
    }

    @Override
    public boolean advance() throws IOException {
      try {
        InputStream open = in;
        if (open == null) {
          open = Compression.open(name);
          in = open;
          pushFirst(open);
          return true;
        }
        int count = open.read(buffer, 0, buffer.length);
        if (count >= 0) {
          framing.push(buffer, 0, count);
          return true;
        }
        framing.end();
      } catch (CorruptFileException e) {
        framing.broken(e.problem());
      }
      records.flush();
      return false;
    }

    private void pushFirst(InputStream open) throws IOException {
      int filled = 0;
      while (filled < 3) {
        int count = open.read(buffer, filled, buffer.length - filled);
        if (count < 0) {
          break;
        }
        filled += count;
      }
      framing.push(buffer, beginsWithMark(buffer, filled) ? 3 : 0, filled);
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }

    /** The UTF-8 byte order mark. */
    private static boolean beginsWithMark(byte[] bytes, int filled) {
      return filled >= 3
          && bytes[0] == (byte) 0xEF
          && bytes[1] == (byte) 0xBB
          && bytes[2] == (byte) 0xBF;
    }
  }
}
