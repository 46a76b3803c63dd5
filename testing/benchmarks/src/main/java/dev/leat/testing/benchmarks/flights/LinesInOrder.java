package dev.leat.testing.benchmarks.flights;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of {@link FlightFiles}, one file after another. */
public final class LinesInOrder implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path folder;
  private final byte[] line = new byte[1 << 10];
  private int opened;
  private @Nullable InputStream in;

  /**
   * @param folder of the files
   */
  public LinesInOrder(Path folder) {
    this.folder = folder;
  }

  /** A line without its end, or null after the last. */
  public byte @Nullable [] next() throws IOException {
    int size = 0;
    while (true) {
      InputStream open = in == null ? openNext() : in;
      if (open == null) {
        return null;
      }
      int next = open.read();
      if (next == '\n') {
        return Arrays.copyOf(line, size);
      }
      if (next < 0) {
        close();
      } else {
        line[size++] = (byte) next;
      }
    }
  }

  private @Nullable InputStream openNext() throws IOException {
    Path file = FlightFiles.part(folder, opened);
    if (!Files.exists(file)) {
      return null;
    }
    opened++;
    in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    return in;
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
      in = null;
    }
  }
}
