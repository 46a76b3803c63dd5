package dev.leat.io.files;

import dev.leat.io.spi.RecordFormat;

/**
 * Cuts a file's bytes, given in buffers of any size, into records. Each instance reads one file:
 * {@link #push} as often as needed, then {@link #end} or {@link #broken}.
 */
interface Framing {
  /** Takes {@code bytes[start, end)}; the array is the caller's again when this returns. */
  void push(byte[] bytes, int start, int end);

  /** The file is at its end. */
  void end();

  /** The rest of the file cannot be read; what was begun becomes one record with the problem. */
  void broken(String problem);

  static Framing of(RecordFormat format, Records out) {
    return switch (format) {
      case JSONL -> Lines.withoutBlankOnes(out);
      case TEXT -> Lines.all(out);
      case CSV -> CsvRecords.withHeader(out);
      case CSV_WITHOUT_HEADER -> CsvRecords.withoutHeader(out);
      case JSON -> new JsonElements(out);
    };
  }
}
