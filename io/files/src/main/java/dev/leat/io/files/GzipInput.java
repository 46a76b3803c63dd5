package dev.leat.io.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads gzip (RFC 1952), members one after another as one. A fault is reported only after every
 * byte before it has been handed on. Zeros after the last member are padding.
 *
 * <p>Deflate has no checksum but the one at the end: where bytes were changed, not cut off, some
 * that are handed on before the fault shows can be wrong.
 */
final class GzipInput extends InputStream {
  private static final int HAS_HEADER_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean inMember;
  private boolean afterMember;
  private @Nullable CorruptFileException fault;

  GzipInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    while (inMember || beginMember()) {
      int count = inflate(out, offset, length);
      if (count > 0 || length == 0) {
        crc.update(out, offset, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new CorruptFileException("corrupt gzip: it asks for a dictionary");
      } else if (!refill()) {
        throw new CorruptFileException("truncated gzip");
      } else {
        inflater.setInput(input, position, limit - position);
      }
    }
    return -1;
  }

  private int inflate(byte[] out, int offset, int length) throws IOException {
    if (fault != null) {
      throw fault;
    }
    long before = inflater.getBytesWritten();
    try {
      return inflater.inflate(out, offset, length);
    } catch (DataFormatException e) {
      fault = new CorruptFileException("corrupt gzip");
      int good = (int) (inflater.getBytesWritten() - before);
      if (good > 0) {
        return good;
      }
      throw fault;
    }
  }

  /** Whether there is another member. */
  private boolean beginMember() throws IOException {
    int first = next();
    while (afterMember && first == 0) {
      first = next();
    }
    if (first < 0) {
      return false;
    }
    try {
      if (first != 0x1F || require() != 0x8B || require() != 8) {
        throw new CorruptFileException(
            afterMember ? "bytes after the end of the gzip data" : "not gzip, though named .gz");
      }
      skipRestOfHeader();
    } catch (EOFException e) {
      throw new CorruptFileException(afterMember ? "truncated gzip" : "not gzip, though named .gz");
    }
    inflater.reset();
    inflater.setInput(input, position, limit - position);
    crc.reset();
    inMember = true;
    return true;
  }

  private void skipRestOfHeader() throws IOException {
    int flags = require();
    skip(6);
    if ((flags & HAS_EXTRA) != 0) {
      skip(require() | require() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    if ((flags & HAS_HEADER_CRC) != 0) {
      skip(2);
    }
  }

  private void endMember() throws IOException {
    position = limit - inflater.getRemaining();
    try {
      if (requireInt() != crc.getValue()
          || requireInt() != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
        throw new CorruptFileException("corrupt gzip: its checksum differs");
      }
    } catch (EOFException e) {
      throw new CorruptFileException("truncated gzip");
    }
    inMember = false;
    afterMember = true;
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      require();
    }
  }

  private void skipText() throws IOException {
    while (require() != 0) {
      // Up to and with the zero at its end.
    }
  }

  private long requireInt() throws IOException {
    long value = require();
    value |= (long) require() << 8;
    value |= (long) require() << 16;
    return value | (long) require() << 24;
  }

  private int require() throws IOException {
    int value = next();
    if (value < 0) {
      throw new EOFException();
    }
    return value;
  }

  private int next() throws IOException {
    return position < limit || refill() ? input[position++] & 0xFF : -1;
  }

  private boolean refill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(input, 0, input.length));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
