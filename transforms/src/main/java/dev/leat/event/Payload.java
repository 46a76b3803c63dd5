package dev.leat.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** The bytes of an event's payload, exactly as they came. Immutable. */
public final class Payload {
  private static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Payload empty() {
    return EMPTY;
  }

  /** A payload of a copy of {@code bytes}. */
  public static Payload of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes.clone());
  }

  /** A payload of a copy of {@code length} bytes from {@code offset}. */
  public static Payload of(byte[] bytes, int offset, int length) {
    return length == 0 ? EMPTY : new Payload(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  public static Payload utf8(String text) {
    return new Payload(text.getBytes(UTF_8));
  }

  /** A payload that takes {@code bytes} as its own: the caller must not keep or change them. */
  public static Payload takingOver(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes);
  }

  /** Length in bytes. */
  public int size() {
    return bytes.length;
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** The bytes as UTF-8 text; what is not UTF-8 shows as U+FFFD. */
  public String toUtf8() {
    return new String(bytes, UTF_8);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  /** The bytes themselves, for readers that promise not to change them. */
  byte[] shared() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload && Arrays.equals(bytes, ((Payload) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The size only: payloads stay out of logs. */
  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes]";
  }
}
