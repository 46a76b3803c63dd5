package dev.leat.io.spi;

import dev.leat.block.RowBlock;
import java.util.Optional;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;

/** Where result rows go. */
public interface RowSink {
  /**
   * Writes bounded rows so that they appear at once and once: a reader sees the whole result of the
   * run or none of it, whatever fails or is retried. An output that is a collection has no elements
   * and is complete once they appear, so that another step can wait for it.
   */
  PTransform<PCollection<RowBlock>, ? extends POutput> write();

  /**
   * Writes the rows of a live run, which have {@link LiveRows#schema}, as they come: each once, and
   * so that the table never goes back to an older revision of a row. Called only if {@link
   * SinkRequest#live()} is present.
   *
   * @throws UsageException if the sink takes bounded rows only
   */
  default PTransform<PCollection<RowBlock>, ? extends POutput> writeLive() {
    throw new UsageException(
        "--sink: expected one that takes a live run's rows, such as lake:, jdbc: or kafka:");
  }

  /**
   * Adds those of a bounded run's rows, which have {@link LiveRows#schema}, that are not there yet
   * by the key of {@link SinkRequest#live()}, which must be present: however often it is repeated,
   * each is there once.
   *
   * @throws UsageException if the sink can only be replaced
   */
  default PTransform<PCollection<RowBlock>, ? extends POutput> addNew() {
    throw new UsageException("expected a sink to which rows can be added, such as lake:");
  }

  /**
   * What the run wrote, one line for a person, once the pipeline has ended; empty if the sink
   * cannot tell, or published nothing because of {@link SinkRequest#unmoved}.
   */
  default Optional<String> summary() {
    return Optional.empty();
  }
}
