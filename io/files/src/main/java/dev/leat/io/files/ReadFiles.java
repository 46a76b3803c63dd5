package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.io.spi.InputFile;
import java.util.List;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads whole files, each by one worker, in no particular order. The blocks carry Beam's least
 * timestamp: event time is in the records, and who parses them knows where.
 *
 * <p>A file is not split: byte ranges would lose line numbers, and they are a record's offset.
 */
final class ReadFiles extends PTransform<PBegin, PCollection<RecordBlock>> {
  private static final long serialVersionUID = 1L;

  private final List<InputFile> files;
  private final FileScan scan;

  ReadFiles(List<InputFile> files, FileScan scan) {
    this.files = List.copyOf(files);
    this.scan = scan;
  }

  @Override
  public PCollection<RecordBlock> expand(PBegin begin) {
    return begin.apply("Scan", Read.from(new FilesSource(files, scan)));
  }
}
