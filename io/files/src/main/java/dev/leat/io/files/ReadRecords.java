package dev.leat.io.files;

import dev.leat.block.RecordBlock;
import dev.leat.ingest.RawRecord;
import dev.leat.ingest.RawRecordCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads dropped files as records, for {@link dev.leat.ingest.ParseEvents}: each with its file and
 * line. Bounded, in no order; the files are those that are there when the pipeline is built.
 *
 * <pre>{@code
 * pipeline.apply("Read", ReadRecords.from("drop/*.jsonl.gz"))
 * }</pre>
 */
public final class ReadRecords extends PTransform<PBegin, PCollection<RawRecord>> {
  private static final long serialVersionUID = 1L;

  private final String files;
  private final RecordFormat format;

  private ReadRecords(String files, RecordFormat format) {
    this.files = files;
    this.format = format;
  }

  /**
   * JSON lines, unless {@link #as} says otherwise.
   *
   * @param files a path, a glob, or a {@code files:} URI with parameters
   */
  public static ReadRecords from(String files) {
    return new ReadRecords(files, RecordFormat.JSONL);
  }

  /** How the bytes are cut into records. */
  public ReadRecords as(RecordFormat format) {
    return new ReadRecords(files, format);
  }

  /**
   * @throws dev.leat.io.spi.UnreachableException if nothing matches
   */
  @Override
  public PCollection<RawRecord> expand(PBegin input) {
    Source source =
        new FilesConnector()
            .source(ConnectorUri.parse(files), SourceRequest.defaults().withFormat(format));
    return input
        .apply("Read blocks", ((Source.OfRecords) source).read())
        .apply("Records", ParDo.of(new RecordsOfBlocks()))
        .setCoder(RawRecordCoder.of());
  }

  private static final class RecordsOfBlocks extends DoFn<RecordBlock, RawRecord> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element RecordBlock block, OutputReceiver<RawRecord> out) {
      block.forEach(out::output);
    }
  }
}
