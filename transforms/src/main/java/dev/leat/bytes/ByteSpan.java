package dev.leat.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an array that belongs to someone else: text or bytes that can be compared and passed
 * on without a copy. Mutable, and absent until it is set. Whoever sets it answers for the array
 * staying as it is for as long as the span is read.
 */
public final class ByteSpan {
  private static final byte[] NONE = new byte[0];

  private byte[] bytes = NONE;
  private int offset;
  private int length = -1;

  public ByteSpan set(byte[] array, int offset, int length) {
    this.bytes = array;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /** The text as UTF-8, or nothing. */
  public ByteSpan setText(@Nullable String text) {
    if (text == null) {
      return clear();
    }
    byte[] utf8 = text.getBytes(UTF_8);
    return set(utf8, 0, utf8.length);
  }

  public ByteSpan clear() {
    return set(NONE, 0, -1);
  }

  public boolean isPresent() {
    return length >= 0;
  }

  /** The array it is a piece of; not to be changed. */
  public byte[] array() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  /** In bytes; 0 if it is absent. */
  public int length() {
    return Math.max(0, length);
  }

  public byte[] toByteArray() {
    return Arrays.copyOfRange(bytes, offset, offset + length());
  }

  /** As UTF-8; what is not UTF-8 shows as U+FFFD. */
  public String toText() {
    return new String(bytes, offset, length(), UTF_8);
  }

  /** Whether both are absent, or hold equal bytes. */
  public boolean hasBytesOf(ByteSpan other) {
    return length == other.length
        && Arrays.equals(
            bytes,
            offset,
            offset + length(),
            other.bytes,
            other.offset,
            other.offset + other.length());
  }

  /** The size only: payloads stay out of logs. */
  @Override
  public String toString() {
    return isPresent() ? "ByteSpan[" + length + " bytes]" : "ByteSpan[absent]";
  }
}
