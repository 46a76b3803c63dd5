package dev.leat.io.files;

import com.google.common.base.Ascii;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import org.apache.beam.sdk.io.FileSystems;

/**
 * Opens files, decompressed by their names.
 *
 * <p>Not Beam's own {@code Compression}: it passes bytes that are not gzip on as they are, and its
 * gzip stream drops what it decompressed in the read that meets a fault.
 */
final class Compression {
  private Compression() {}

  /**
   * Opens a file. Reading throws {@link CorruptFileException} where its bytes are not as its name
   * promises, after all bytes before the fault.
   *
   * @throws IOException if the file is gone
   */
  static InputStream open(String name) throws IOException {
    InputStream bytes =
        Channels.newInputStream(FileSystems.open(FileSystems.matchNewResource(name, false)));
    String lower = Ascii.toLowerCase(name);
    if (lower.endsWith(".gz")) {
      return new GzipInput(bytes);
    }
    if (lower.endsWith(".zst")) {
      return new ZstdInput(bytes);
    }
    return bytes;
  }
}
