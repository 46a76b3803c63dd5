package dev.leat.io.lake;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.iceberg.io.PositionOutputStream;

/**
 * Collects small writes. Parquet writes the headers of its pages a few bytes at a time, and
 * Iceberg's stream to a local file asks the system for each: 340,000 times for 300 MB.
 */
final class BufferedPosition extends PositionOutputStream {
  private static final int CAPACITY = 64 << 10;

  private final OutputStream out;
  private long position;

  /**
   * @param out at its beginning
   */
  BufferedPosition(PositionOutputStream out) {
    this.out = new BufferedOutputStream(out, CAPACITY);
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void write(int value) throws IOException {
    out.write(value);
    position++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    position += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
