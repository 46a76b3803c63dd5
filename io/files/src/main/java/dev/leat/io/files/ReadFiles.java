package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
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
    return begin
        .apply("List", Create.of(files).withCoder(InputFileCoder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Scan", ParDo.of(new ScanFile(scan)))
        .setCoder(RecordBlockCoder.of());
  }

  private static final class ScanFile extends DoFn<InputFile, RecordBlock> {
    private static final long serialVersionUID = 1L;

    private final FileScan scan;

    ScanFile(FileScan scan) {
      this.scan = scan;
    }

    @ProcessElement
    public void process(@Element InputFile file, OutputReceiver<RecordBlock> out)
        throws IOException {
      try {
        scan.scan(file, out::output);
      } catch (IOException e) {
        // A file that went away after it was listed must stop the run, or its records were lost.
        throw new IOException(
            "cannot read " + file.name() + ", which was there when the run began", e);
      }
    }
  }
}
