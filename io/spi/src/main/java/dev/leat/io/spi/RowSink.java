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
   * run or none of it, whatever fails or is retried.
   */
  PTransform<PCollection<RowBlock>, ? extends POutput> write();

  /**
   * What the run wrote, one line for a person, once the pipeline has ended; empty if the sink
   * cannot tell.
   */
  default Optional<String> summary() {
    return Optional.empty();
  }
}
