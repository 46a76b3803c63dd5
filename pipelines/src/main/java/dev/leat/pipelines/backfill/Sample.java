package dev.leat.pipelines.backfill;

import dev.leat.io.lake.DerivedTable;
import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What a sample says of the full run.
 *
 * @param took the sample's own time
 * @param read events, of all keys
 * @param used events of the sampled keys, that rows are made of
 * @param bytes of the full run's files; empty if nothing is published in the same columns, by which
 *     to judge how small rows become
 */
record Sample(
    SampleTally tally,
    double fraction,
    Duration took,
    long read,
    long used,
    long deadLetters,
    Prediction rows,
    OptionalDouble bytes) {

  static Sample of(
      SampleTally tally,
      double fraction,
      Plan plan,
      Duration took,
      long read,
      long used,
      long deadLetters) {
    Prediction rows = Prediction.of(tally, fraction, plan.published().rows());
    DerivedTable.Published published = plan.published();
    OptionalDouble bytes =
        published.rows() > 0 && published.sameColumns()
            ? OptionalDouble.of(rows.rows() * published.bytes() / published.rows())
            : OptionalDouble.empty();
    return new Sample(tally, fraction, took, read, used, deadLetters, rows, bytes);
  }
}
