package dev.leat.io.lake;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

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

    private final TableRows<T> rows;
    private transient @Nullable Warehouse warehouse;
    private transient @Nullable Table table;

    WriteFn(TableRows<T> rows) {
      this.rows = rows;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<T>> partition, OutputReceiver<StagedFile> output) {
      ElementWriter<T> writer = rows.writer(prepared(), output::output, RowSelection.ALL);
      boolean finished = false;
      try {
        for (T element : partition.getValue()) {
          writer.add(element);
        }
        writer.finish();
        finished = true;
      } finally {
        if (!finished) {
          writer.abandon();
        }
      }
    }

    /** Not in set-up: a worker that gets no partition need not open the catalog. */
    private Table prepared() {
      if (table == null) {
        warehouse = Warehouse.open(rows.name());
        table = rows.prepare(warehouse);
      }
      return table;
    }

    @Teardown
    public void close() {
      if (warehouse != null) {
        warehouse.close();
      }
    }
  }
}
