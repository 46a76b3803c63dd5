package dev.leat.io.lake;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes elements, keyed by their partition, to staged files: all of a key to one file, or to a few
 * if they are many, so that small input never becomes many small files. One file is open at a time.
 */
final class WriteFiles<T> extends PTransform<PCollection<KV<String, T>>, PCollection<StagedFile>> {
  private static final long serialVersionUID = 1L;

  private final TableRows<T> rows;

  WriteFiles(TableRows<T> rows) {
    this.rows = rows;
  }

  @Override
  public PCollection<StagedFile> expand(PCollection<KV<String, T>> input) {
    return input
        .apply("By partition", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteFn<>(rows)))
        .setCoder(StagedFile.StagedFileCoder.of());
  }

  private static final class WriteFn<T> extends DoFn<KV<String, Iterable<T>>, StagedFile> {
    private static final long serialVersionUID = 1L;

    private final PartitionFiles<T> files;

    WriteFn(TableRows<T> rows) {
      this.files = new PartitionFiles<>(rows);
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<T>> partition, OutputReceiver<StagedFile> output) {
      files.write(partition.getValue().iterator(), output::output);
    }

    @Teardown
    public void close() {
      files.close();
    }
  }
}
