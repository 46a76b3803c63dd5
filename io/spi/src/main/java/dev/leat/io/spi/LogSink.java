package dev.leat.io.spi;

import java.util.OptionalDouble;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/** A log that bytes are appended to, as they are. */
public interface LogSink {
  /**
   * Appends bounded messages; those of a bundle that the runner tries again are appended again.
   *
   * @param perSecond how many at most in a second, by all workers together, to protect who reads
   *     the log; empty for as fast as can be
   */
  PTransform<PCollection<LogMessage>, PDone> append(OptionalDouble perSecond);
}
