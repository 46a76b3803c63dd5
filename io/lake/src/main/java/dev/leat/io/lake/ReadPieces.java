package dev.leat.io.lake;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/** Reads pieces of files, each by whichever worker is free. */
final class ReadPieces<T> extends PTransform<PBegin, PCollection<T>> {
  private static final long serialVersionUID = 1L;

  private final transient List<ReadTask> tasks;
  private final DoFn<ReadTask, T> reader;
  private final Coder<T> coder;

  ReadPieces(List<ReadTask> tasks, DoFn<ReadTask, T> reader, Coder<T> coder) {
    this.tasks = tasks;
    this.reader = reader;
    this.coder = coder;
  }

  @Override
  public PCollection<T> expand(PBegin input) {
    return input
        .apply("Pieces of files", Read.from(new Pieces(tasks)))
        .apply("Read", ParDo.of(reader))
        .setCoder(coder);
  }
}
