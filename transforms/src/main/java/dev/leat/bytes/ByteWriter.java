package dev.leat.bytes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing buffer with the few encodings that events and blocks are made of. {@link ByteReader}
 * reads it.
 */
public final class ByteWriter {
  private static final byte[] NONE = {};

  private byte[] bytes;
  private int size;

  /** A new buffer has as many bytes and more. */
  private int least;

  public ByteWriter() {
    this(256);
  }

  public ByteWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  public int size() {
    return size;
  }

  /** Forgets what was written and keeps the buffer. */
  public void clear() {
    size = 0;
  }

  /**
   * The buffer itself, of which the first {@link #size()} bytes are written; until the next write.
   */
  public byte[] array() {
    return bytes;
  }

  /**
   * What was written, to be read; this is empty then, and has no buffer. The old one goes with what
   * was written if that is half of it, else that is a copy; the next one begins a little larger.
   */
  public ByteReader detach() {
    byte[] written = size < bytes.length / 2 ? toByteArray() : bytes;
    ByteReader reader = new ByteReader(written, 0, size);
    least = size + size / 8;
    bytes = NONE;
    size = 0;
    return reader;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
  }

  public ByteWriter writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Eight bytes, big-endian. */
  public ByteWriter writeFixed64(long value) {
    ensure(8);
    Longs.putBigEndian(bytes, size, value);
    size += 8;
    return this;
  }

  /** An unsigned LEB128: small numbers that are not negative take one byte. */
  public ByteWriter writeVarint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** A zigzag LEB128: numbers near zero on either side are short. */
  public ByteWriter writeSignedVarint(long value) {
    return writeVarint((value << 1) ^ (value >> 63));
  }

  /** Length in bytes, then UTF-8. */
  public ByteWriter writeString(String value) {
    return writeBytes(value.getBytes(UTF_8));
  }

  /** As {@link #writeString}, with {@code null} told from empty. */
  public ByteWriter writeNullableString(@Nullable String value) {
    if (value == null) {
      return writeVarint(0);
    }
    byte[] utf8 = value.getBytes(UTF_8);
    writeVarint(utf8.length + 1L);
    return writeRaw(utf8, 0, utf8.length);
  }

  /** Length, then the bytes. */
  public ByteWriter writeBytes(byte[] value) {
    return writeBytes(value, 0, value.length);
  }

  public ByteWriter writeBytes(byte[] value, int offset, int length) {
    writeVarint(length);
    return writeRaw(value, offset, length);
  }

  /** Length, then the bytes; an absent span is an empty one. */
  public ByteWriter writeBytes(ByteSpan span) {
    return writeBytes(span.array(), span.offset(), span.length());
  }

  /** As {@link #writeNullableString}. */
  public ByteWriter writeNullableBytes(ByteSpan span) {
    if (!span.isPresent()) {
      return writeVarint(0);
    }
    writeVarint(span.length() + 1L);
    return writeRaw(span.array(), span.offset(), span.length());
  }

  /** What {@code other} holds, with its length before it. */
  public ByteWriter writeBytes(ByteWriter other) {
    return writeBytes(other.bytes, 0, other.size);
  }

  /** The bytes of {@code other} alone. */
  public ByteWriter writeRaw(ByteWriter other) {
    return writeRaw(other.bytes, 0, other.size);
  }

  /** Two bytes a character, the lower first, as UTF-16 has them. */
  public ByteWriter writeUtf16(String value) {
    ensure(Math.multiplyExact(2, value.length()));
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      bytes[size++] = (byte) c;
      bytes[size++] = (byte) (c >>> 8);
    }
    return this;
  }

  /** As {@link #writeUtf16(String)}, of characters that are ASCII. */
  public ByteWriter writeUtf16(byte[] ascii, int from, int length) {
    ensure(Math.multiplyExact(2, length));
    for (int i = from; i < from + length; i++) {
      bytes[size++] = ascii[i];
      bytes[size++] = 0;
    }
    return this;
  }

  /** Four bytes, little-endian. */
  public ByteWriter writeLittleEndian32(int value) {
    ensure(4);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Eight bytes, little-endian. */
  public ByteWriter writeLittleEndian64(long value) {
    return writeFixed64(Long.reverseBytes(value));
  }

  /** The bytes alone. */
  public ByteWriter writeRaw(byte[] value, int offset, int length) {
    ensure(length);
    System.arraycopy(value, offset, bytes, size, length);
    size += length;
    return this;
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      long larger = Math.max(least, Math.min(2L * bytes.length, 1 << 30));
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, larger));
    }
  }
}
