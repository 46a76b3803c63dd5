package dev.leat.io.files;

import java.io.Serializable;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** How rows are laid out in a file. */
interface RowFormat extends Serializable {
  /** With its dot, for example {@code .jsonl}. */
  String extension();

  /**
   * Begins a file of rows of {@code schema}. A file is good once {@link FileIO.Sink#flush} has
   * returned.
   */
  FileIO.Sink<Row> file(Schema schema);
}
