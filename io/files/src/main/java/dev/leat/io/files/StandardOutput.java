package dev.leat.io.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Standard output that knows why it failed. A print stream tells only that it did, and a pipe that
 * nobody reads any more, as with {@code | head}, is no failure of the job.
 */
public final class StandardOutput extends PrintStream {
  private final Remembering out;

  private StandardOutput(Remembering out) {
    super(new BufferedOutputStream(out), true, UTF_8);
    this.out = out;
  }

  /** Writes UTF-8 to {@code raw}, and at once when a line is ended. */
  public static StandardOutput over(OutputStream raw) {
    return new StandardOutput(new Remembering(raw));
  }

  /** Whether a write failed because the reader has closed its end. */
  boolean readerHasGone() {
    return out.failure.contains("Broken pipe");
  }

  private static final class Remembering extends FilterOutputStream {
    private String failure = "";

    Remembering(OutputStream raw) {
      super(raw);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = String.valueOf(e.getMessage());
        throw e;
      }
    }
  }
}
