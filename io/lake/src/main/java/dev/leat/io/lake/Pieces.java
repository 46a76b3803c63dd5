package dev.leat.io.lake;

import dev.leat.io.spi.Parts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of files that are to be read. A source and not a shuffle of them, because runners give
 * the next split to whichever worker has finished its last, and what reads a piece runs where it
 * came; by keys drawn at random one of two workers has most of a few pieces.
 */
final class Pieces extends BoundedSource<ReadTask> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<ReadTask> tasks;

  Pieces(List<ReadTask> tasks) {
    this.tasks = new ArrayList<>(tasks);
  }

  @Override
  public List<Pieces> split(long desiredBundleSizeBytes, PipelineOptions options) {
    return Parts.of(tasks, ReadTask::length, desiredBundleSizeBytes).stream()
        .map(Pieces::new)
        .toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return tasks.stream().mapToLong(ReadTask::length).sum();
  }

  @Override
  public BoundedReader<ReadTask> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  @Override
  public Coder<ReadTask> getOutputCoder() {
    return ReadTask.ReadTaskCoder.of();
  }

  private static final class Reader extends BoundedReader<ReadTask> {
    private final Pieces source;
    private final Iterator<ReadTask> tasks;
    private @Nullable ReadTask current;

    Reader(Pieces source) {
      this.source = source;
      this.tasks = source.tasks.iterator();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = tasks.hasNext() ? tasks.next() : null;
      return current != null;
    }

    @Override
    public ReadTask getCurrent() {
      ReadTask task = current;
      if (task == null) {
        throw new NoSuchElementException();
      }
      return task;
    }

    @Override
    public Pieces getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
