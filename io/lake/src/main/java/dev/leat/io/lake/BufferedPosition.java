package dev.leat.io.lake;

import java.io.IOException;
import org.apache.iceberg.io.PositionOutputStream;

/**
 * Collects small writes. Parquet writes the headers of its pages a few bytes at a time, and
 * Iceberg's stream to a local file asks the system for each: 340,000 times for 300 MB.
 */
final class BufferedPosition extends PositionOutputStream {
  private static final int CAPACITY = 64 << 10;

  private final PositionOutputStream out;
  private final byte[] buffer = new byte[CAPACITY];
  private int size;

  BufferedPosition(PositionOutputStream out) {
    this.out = out;
  }

  @Override
  public long getPos() throws IOException {
    return out.getPos() + size;
  }

  @Override
  public void write(int value) throws IOException {
    if (size == CAPACITY) {
      writeBuffer();
    }
    buffer[size++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > CAPACITY - size) {
      writeBuffer();
    }
    if (length > CAPACITY) {
      out.write(bytes, offset, length);
    } else {
      System.arraycopy(bytes, offset, buffer, size, length);
      size += length;
    }
  }

  @Override
  public void flush() throws IOException {
    writeBuffer();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (out) {
      writeBuffer();
    }
  }

  private void writeBuffer() throws IOException {
    int written = size;
    if (written > 0) {
      size = 0;
      out.write(buffer, 0, written);
    }
  }
}
