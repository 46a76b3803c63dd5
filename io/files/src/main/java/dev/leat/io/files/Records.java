package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes the records of one file and hands them on in blocks. */
final class Records {
  /** How much of a record that is too long is kept to recognise it by. */
  private static final int KEPT_OF_LONG_RECORD = 64 << 10;

  private final String origin;
  private final int maxRecordBytes;
  private final Consumer<RecordBlock> out;
  private RecordBlock.Builder block;

  Records(String origin, int maxRecordBytes, Consumer<RecordBlock> out) {
    this.origin = origin;
    this.maxRecordBytes = maxRecordBytes;
    this.out = out;
    this.block = RecordBlock.builder(origin, 0, null);
  }

  int maxRecordBytes() {
    return maxRecordBytes;
  }

  /** Gives all records from now on a header. */
  void header(@Nullable String header) {
    flush();
    block = RecordBlock.builder(origin, 0, header);
  }

  /** Adds a record; one that is too long becomes a problem. */
  void add(long offset, byte[] bytes, int start, int length) {
    if (length > maxRecordBytes) {
      problem(offset, bytes, start, keptOf(length), tooLong());
    } else {
      added(block.add(offset, bytes, start, length));
    }
  }

  /** Adds a record gathered from several buffers. */
  void add(long offset, PartialRecord record) {
    if (record.length() > maxRecordBytes) {
      problem(offset, record.bytes(), 0, keptOf(record.kept()), tooLong());
    } else {
      add(offset, record.bytes(), 0, record.kept());
    }
  }

  /** Adds what could not be read as a record; of its bytes at most a record's worth is kept. */
  void problem(long offset, byte[] bytes, int start, int length, String problem) {
    added(block.add(offset, bytes, start, Math.min(length, maxRecordBytes), problem));
  }

  void problem(long offset, PartialRecord record, String problem) {
    problem(offset, record.bytes(), 0, record.kept(), problem);
  }

  String tooLong() {
    return "longer than " + maxRecordBytes + " bytes";
  }

  void flush() {
    if (!block.isEmpty()) {
      out.accept(block.build());
    }
  }

  private static int keptOf(int length) {
    return Math.min(length, KEPT_OF_LONG_RECORD);
  }

  private void added(RecordBlock.Builder builder) {
    if (builder.isFull()) {
      flush();
    }
  }
}
