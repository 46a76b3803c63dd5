package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.Consumer;

/** Cuts one file into records. */
interface FileScan extends Serializable {
  /**
   * Begins to read a file, from its beginning to its end; its records are handed on in blocks. What
   * the file holds never makes it throw: bytes that cannot be read become a record with a problem.
   */
  Progress begin(InputFile file, Consumer<RecordBlock> out);

  /** A file that is being read. */
  interface Progress extends Closeable {
    /**
     * Reads on for a bit, which may give no block, one, or some.
     *
     * @return whether there may be more
     * @throws IOException if the file is gone or the file system fails
     */
    boolean advance() throws IOException;
  }

  /** Reads a file to its end. */
  default void scan(InputFile file, Consumer<RecordBlock> out) throws IOException {
    try (Progress progress = begin(file, out)) {
      while (progress.advance()) {
        // Until there is no more.
      }
    }
  }
}
