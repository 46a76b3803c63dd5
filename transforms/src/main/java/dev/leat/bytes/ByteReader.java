package dev.leat.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Every read past the end, and every length that cannot be,
 * throws {@link CorruptBytesException}: damage never becomes a wrong value or a huge allocation.
 */
public final class ByteReader {
  private final byte[] bytes;
  private final int end;
  private int position;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public ByteReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  public boolean hasMore() {
    return position < end;
  }

  /** Another reader of what is left. */
  public ByteReader copy() {
    return new ByteReader(bytes, position, end - position);
  }

  /** What is left, as a reader of its own on the same array; this one is at its end then. */
  public ByteReader rest() {
    ByteReader rest = copy();
    position = end;
    return rest;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - position;
  }

  /** What is left, to be compared and hashed. */
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(bytes, position, end - position).asReadOnlyBuffer();
  }

  /** The bytes that are read, not to be changed. */
  public byte[] array() {
    return bytes;
  }

  public int position() {
    return position;
  }

  public int readByte() {
    need(1);
    return bytes[position++] & 0xFF;
  }

  public long readFixed64() {
    need(8);
    position += 8;
    return Longs.bigEndian(bytes, position - 8);
  }

  public long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
    throw new CorruptBytesException("a number is longer than 64 bits");
  }

  public long readSignedVarint() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  public String readString() {
    int length = readLength();
    String value = new String(bytes, position, length, UTF_8);
    position += length;
    return value;
  }

  public @Nullable String readNullableString() {
    long marked = readVarint();
    if (marked == 0) {
      return null;
    }
    int length = checkLength(marked - 1);
    String value = new String(bytes, position, length, UTF_8);
    position += length;
    return value;
  }

  /** Reads a length and that many bytes, as a copy. */
  public byte[] readBytes() {
    int length = readLength();
    position += length;
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /** Reads a length and sets {@code span} to that many bytes, without a copy. */
  public void readBytes(ByteSpan span) {
    int length = readLength();
    span.set(bytes, position, length);
    position += length;
  }

  /** As {@link #readNullableString()}, without a copy. */
  public void readNullableBytes(ByteSpan span) {
    long marked = readVarint();
    if (marked == 0) {
      span.clear();
      return;
    }
    int length = checkLength(marked - 1);
    span.set(bytes, position, length);
    position += length;
  }

  /** Reads a length and returns a reader over that many bytes, without a copy; skips them here. */
  public ByteReader readSlice() {
    int length = readLength();
    position += length;
    return new ByteReader(bytes, position - length, length);
  }

  /** Reads a length, passes over that many bytes, and returns it. */
  public int skipBytes() {
    int length = readLength();
    position += length;
    return length;
  }

  /** What is left, as a copy. */
  public byte[] readRest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  /** Reads a count of things that take at least a byte each. */
  public int readCount() {
    return readLength();
  }

  private int readLength() {
    return checkLength(readVarint());
  }

  private int checkLength(long length) {
    if (length < 0 || length > end - position) {
      throw new CorruptBytesException(
          "a length of " + length + " with " + (end - position) + " bytes left");
    }
    return (int) length;
  }

  private void need(int count) {
    if (end - position < count) {
      throw new CorruptBytesException("it ends too early");
    }
  }
}
