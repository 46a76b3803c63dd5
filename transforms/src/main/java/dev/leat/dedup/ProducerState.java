package dev.leat.dedup;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.range.LongRanges;

/**
 * What is known of a producer's numbers: those that have come, the gaps that are waited for, and
 * those that have been reported. Of a producer in order it takes some 20 bytes.
 */
final class ProducerState {
  /**
   * Numbers in more runs than these are not consecutive; without a bound a hostile producer could
   * fill the memory.
   */
  static final int MAX_RUNS = 100_000;

  private final LongRanges seen;
  private LongRanges watched;
  private LongRanges reported;
  private long latestMillis;

  private ProducerState(
      LongRanges seen, LongRanges watched, LongRanges reported, long latestMillis) {
    this.seen = seen;
    this.watched = watched;
    this.reported = reported;
    this.latestMillis = latestMillis;
  }

  static ProducerState empty() {
    return new ProducerState(
        new LongRanges(), new LongRanges(), new LongRanges(), Horizon.FIRST_MILLIS);
  }

  static ProducerState read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long latestMillis = in.readSignedVarint();
    return new ProducerState(
        LongRanges.readFrom(in), LongRanges.readFrom(in), LongRanges.readFrom(in), latestMillis);
  }

  byte[] write() {
    ByteWriter out = new ByteWriter(32);
    out.writeSignedVarint(latestMillis);
    seen.writeTo(out);
    watched.writeTo(out);
    reported.writeTo(out);
    return out.toByteArray();
  }

  /**
   * Takes the number of an event at {@code millis}.
   *
   * @throws RejectedException if the producer's numbers do not follow one another
   */
  Verdict offer(long number, long millis) {
    if (number == Long.MAX_VALUE) {
      throw new RejectedException(
          Reason.INVALID_VALUE, "sequence: expected less than " + Long.MAX_VALUE);
    }
    if (seen.contains(number)) {
      return Verdict.REPEAT;
    }
    if (seen.count() >= MAX_RUNS
        && !seen.contains(number + 1)
        && !(number > Long.MIN_VALUE && seen.contains(number - 1))) {
      throw new RejectedException(
          Reason.INVALID_VALUE,
          "sequence: expected consecutive numbers, got more than "
              + MAX_RUNS
              + " runs of a source");
    }
    seen.add(number);
    latestMillis = Math.max(latestMillis, millis);
    return Verdict.NEW;
  }

  /** The latest event time, epoch milliseconds. */
  long latestMillis() {
    return latestMillis;
  }

  /** What is missing between the first and the last number. */
  LongRanges gaps() {
    return seen.isEmpty() ? new LongRanges() : seen.missing(seen.first(), seen.end());
  }

  /**
   * Begins to wait for the gaps that have not been reported, unless it waits for others. Returns
   * whether it began.
   */
  boolean watch() {
    if (!watched.isEmpty() || seen.count() < 2) {
      return false;
    }
    watched = reported.missing(gaps());
    return !watched.isEmpty();
  }

  /** Ends to wait, and returns what of it is still missing. */
  LongRanges stopWatching() {
    LongRanges missing = seen.missing(watched);
    watched = new LongRanges();
    reported = seen.missing(reported);
    reported.addAll(missing);
    return missing;
  }
}
