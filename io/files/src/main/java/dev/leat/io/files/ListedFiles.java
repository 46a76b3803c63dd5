package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Source;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Files as they were listed, and how to cut them. */
record ListedFiles(List<InputFile> files, FileScan scan) implements Source.OfFiles {
  @Override
  public PTransform<PBegin, PCollection<RecordBlock>> read(List<InputFile> chosen) {
    return new ReadFiles(chosen, scan);
  }
}
