package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.ingest.RawRecord;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.RecordFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a scan finds, as text: {@code offset|header|problem|data}, absent ones empty. */
final class Scans {
  private Scans() {}

  static List<String> found(Path file, RecordFormat format) throws IOException {
    return found(file, new RecordScan(format, FilesConnector.DEFAULT_MAX_RECORD_BYTES));
  }

  static List<String> found(Path file, FileScan scan) throws IOException {
    List<String> found = new ArrayList<>();
    scan.scan(
        InputFile.of(file.toString(), 0, 0),
        block -> block.forEach(record -> found.add(text(record))));
    return found;
  }

  /** As {@link #found}, from bytes in buffers of {@code step}. */
  static List<String> framed(RecordFormat format, byte[] bytes, int step, int maxRecordBytes) {
    List<String> found = new ArrayList<>();
    Records records =
        new Records("f", maxRecordBytes, block -> block.forEach(record -> found.add(text(record))));
    Framing framing = Framing.of(format, records);
    for (int start = 0; start < bytes.length; start += step) {
      framing.push(bytes, start, Math.min(bytes.length, start + step));
    }
    framing.end();
    records.flush();
    return found;
  }

  private static String text(RawRecord record) {
    return String.join(
        "|",
        "" + record.offset(),
        record.header() == null ? "" : record.header(),
        record.problem() == null ? "" : record.problem(),
        new String(record.data().toByteArray(), UTF_8));
  }
}
