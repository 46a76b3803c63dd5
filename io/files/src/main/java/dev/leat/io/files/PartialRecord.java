package dev.leat.io.files;

import java.util.Arrays;

/**
 * The beginning of a record whose end is in a later buffer. Keeps a little more than the longest
 * record allowed and counts the rest, so that memory is bounded whatever the file holds.
 */
final class PartialRecord {
  private final int mostKept;
  private byte[] bytes = new byte[0];
  private int kept;
  private long length;

  /**
   * @param maxRecordBytes longest record allowed; two bytes more are kept, for a line end and to
   *     tell that it is longer
   */
  PartialRecord(int maxRecordBytes) {
    this.mostKept = maxRecordBytes + 2;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** All bytes, kept or not. */
  long length() {
    return length;
  }

  int kept() {
    return kept;
  }

  byte[] bytes() {
    return bytes;
  }

  void append(byte[] more, int start, int count) {
    length += count;
    int taken = Math.min(count, mostKept - kept);
    if (kept + taken > bytes.length) {
      long doubled = Math.max(2L * bytes.length, 1024);
      bytes = Arrays.copyOf(bytes, (int) Math.max(kept + taken, Math.min(doubled, mostKept)));
    }
    System.arraycopy(more, start, bytes, kept, taken);
    kept += taken;
  }

  /** Forgets the last byte, if all of them were kept. */
  void dropLast() {
    if (length == kept) {
      kept--;
      length--;
    }
  }

  /** Whether the last byte is {@code b}; unknown, so false, of a record far too long. */
  boolean endsWith(char b) {
    return kept > 0 && length == kept && bytes[kept - 1] == b;
  }

  void clear() {
    kept = 0;
    length = 0;
  }
}
