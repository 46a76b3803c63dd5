package dev.leat.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.VarInt;

/** Bytes in a stream, with their length before them. */
public final class Framed {
  /** A longer length may be damage: memory for it is taken as the bytes come. */
  private static final int LIKELY_LENGTH = 1 << 21;

  private Framed() {}

  public static void write(ByteWriter bytes, OutputStream out) throws IOException {
    VarInt.encode(bytes.size(), out);
    bytes.writeTo(out);
  }

  /** Both, one after the other, as one; {@code rest} still has what it has. */
  static void write(ByteWriter bytes, ByteReader rest, OutputStream out) throws IOException {
    VarInt.encode(Math.addExact(bytes.size(), rest.remaining()), out);
    bytes.writeTo(out);
    out.write(rest.array(), rest.position(), rest.remaining());
  }

  /**
   * @param what for the message if the stream ends too early
   * @throws CoderException if it does
   */
  public static ByteReader read(InputStream in, Object what) throws IOException {
    int length = VarInt.decodeInt(in);
    if (length < 0) {
      throw new CoderException("expected a length, got " + length);
    }
    byte[] bytes = length <= LIKELY_LENGTH ? new byte[length] : in.readNBytes(length);
    int count = length <= LIKELY_LENGTH ? in.readNBytes(bytes, 0, length) : bytes.length;
    if (count < length) {
      throw new CoderException("expected " + length + " bytes of " + what + ", got " + count);
    }
    return new ByteReader(bytes);
  }
}
