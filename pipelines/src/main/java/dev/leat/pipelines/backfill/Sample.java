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
 * @param time of the full run
 * @param timeError half the width of its interval, as a share of it
 * @param timeBasis what it rests on, for people
 */
record Sample(
    SampleTally tally,
    double fraction,
    Duration took,
    long read,
    long used,
    long deadLetters,
    Prediction rows,
    OptionalDouble bytes,
    Duration time,
    double timeError,
    String timeBasis) {

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
    Estimate estimate = plan.estimate();
    return new Sample(
        tally,
        fraction,
        took,
        read,
        used,
        deadLetters,
        rows,
        bytes,
        plan.time(),
        estimate.relativeError(),
        estimate.basis());
  }
}
