package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.RecordFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Decompresses a file and cuts it into records. */
record RecordScan(RecordFormat format, int maxRecordBytes) implements FileScan {
  private static final int BUFFER_BYTES = 1 << 20;

  @Override
  public void scan(InputFile file, Consumer<RecordBlock> out) throws IOException {
    Records records = new Records(file.name(), maxRecordBytes, out);
    Framing framing = Framing.of(format, records);
    try (InputStream in = Compression.open(file.name())) {
      push(in, framing);
      framing.end();
    } catch (CorruptFileException e) {
      framing.broken(e.problem());
    }
    records.flush();
  }

  /** Hands on each read at once, so that what was good before a fault is not lost with it. */
  private static void push(InputStream in, Framing framing) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int filled = 0;
    while (filled < 3) {
      int count = in.read(buffer, filled, buffer.length - filled);
      if (count < 0) {
        break;
      }
      filled += count;
    }
    framing.push(buffer, beginsWithMark(buffer, filled) ? 3 : 0, filled);
    for (int count = 0; count >= 0; count = in.read(buffer, 0, buffer.length)) {
      framing.push(buffer, 0, count);
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
