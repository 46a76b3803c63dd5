package dev.leat.testing.benchmarks.flights;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** ASCII text that is written into an array and then out. Lines are short; it never grows. */
final class LineBuffer {
  private static final int CAPACITY = 1 << 16;
  private static final int LONGEST_LINE = 1 << 10;
  private static final int DAYS_KEPT = 4_000;

  private final byte[] buffer = new byte[CAPACITY];
  private final byte[][] days = new byte[DAYS_KEPT][];
  private int size;

  LineBuffer text(String text) {
    for (int i = 0; i < text.length(); i++) {
      buffer[size++] = (byte) text.charAt(i);
    }
    return this;
  }

  LineBuffer bytes(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
    return this;
  }

  LineBuffer number(int number) {
    if (number < 0) {
      buffer[size++] = '-';
      return number(-number);
    }
    int digits = 1;
    for (int rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits(number, digits);
  }

  /** With zeros in front. */
  LineBuffer digits(long number, int width) {
    long rest = number;
    for (int i = width - 1; i >= 0; i--) {
      buffer[size + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += width;
    return this;
  }

  /** ISO-8601, so many minutes after the beginning of a day. */
  LineBuffer minute(long start, int minutes) {
    int day = minutes / (24 * 60);
    if (days[day] == null) {
      String text = Instant.ofEpochMilli(start + day * 86_400_000L).toString();
      days[day] = text.substring(0, 11).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
    int ofDay = minutes % (24 * 60);
    return bytes(days[day]).digits(ofDay / 60, 2).text(":").digits(ofDay % 60, 2).text(":00Z");
  }

  /** Ends the line, and writes the buffer if another might not fit. */
  void endLine(OutputStream out) throws IOException {
    buffer[size++] = '\n';
    if (size > CAPACITY - LONGEST_LINE) {
      flush(out);
    }
  }

  void flush(OutputStream out) throws IOException {
    out.write(buffer, 0, size);
    size = 0;
  }

  /** What is in it, which is then empty. */
  byte[] take() {
    byte[] taken = java.util.Arrays.copyOf(buffer, size);
    size = 0;
    return taken;
  }
}
