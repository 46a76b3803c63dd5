package dev.leat.io.files;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads Zstandard, frames one after another as one, and tells corrupt bytes from a file system that
 * fails.
 */
final class ZstdInput extends InputStream {
  /**
   * The library forgets what it decompressed in the very read that meets a fault; reading little at
   * a time keeps that little.
   */
  private static final int MOST_AT_ONCE = 1 << 10;

  private final ZstdInputStreamNoFinalizer in;

  ZstdInput(InputStream bytes) throws IOException {
    this.in = new ZstdInputStreamNoFinalizer(bytes);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] out, int offset, int length) throws IOException {
    try {
      return in.read(out, offset, Math.min(length, MOST_AT_ONCE));
    } catch (ZstdIOException e) {
      boolean truncated = String.valueOf(e.getMessage()).contains("Truncated");
      throw new CorruptFileException(truncated ? "truncated zstd" : "corrupt zstd");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
