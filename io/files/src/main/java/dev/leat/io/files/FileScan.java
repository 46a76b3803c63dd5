package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.Consumer;

/** Cuts one file into records. */
interface FileScan extends Serializable {
  /**
   * Reads the file from its beginning to its end and hands on its records in blocks. What the file
   * holds never makes it throw: bytes that cannot be read become a record with a problem.
   *
   * @throws IOException if the file is gone or the file system fails
   */
  void scan(InputFile file, Consumer<RecordBlock> out) throws IOException;
}
