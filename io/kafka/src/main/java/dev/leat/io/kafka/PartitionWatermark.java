package dev.leat.io.kafka;

import java.time.Duration;
import java.util.OptionalLong;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The watermark of one partition of a live source.
 *
 * <ul>
 *   <li>It is the latest plausible event time read from the partition, less {@code disorder}. It
 *       never falls. Before the first event it is the earliest time there is, or after a restart
 *       that of the checkpoint.
 *   <li>A record that is no event, or whose time is not plausible ({@link
 *       dev.leat.ingest.PlausibleTimes}), travels at the current watermark and never moves it.
 *   <li>A partition is idle when for {@code idle} it gave no event and nothing was left in it to
 *       read; one that never had a record too. Records in an open transaction are left to be read.
 *   <li>An idle partition follows the others that are read in the same process: it has the least of
 *       their watermarks, from those that had events since it became idle. If none of them has, the
 *       log is asked, at most twice in each {@code idle}: the partition follows the least event
 *       time, less {@code disorder}, of the newest records of those partitions that grew meanwhile.
 *   <li>So a topic that is idle as a whole does not advance, however long, and it never advances by
 *       the clock: when old events go on after a pause, none of them is late for it.
 * </ul>
 *
 * <p>Times are in milliseconds: those of events since the epoch, those of the clock from anywhere.
 */
final class PartitionWatermark {
  private static final long NOWHERE = -1;

  private final long disorder;
  private final long idle;
  private long watermark;
  private long lastEventAt;

  private long given = NOWHERE;
  private long polled = NOWHERE;
  private long position = NOWHERE;
  private long end = Long.MAX_VALUE;
  private long endAskedAt;

  /**
   * @param previous the checkpoint's watermark
   */
  PartitionWatermark(Duration disorder, Duration idle, OptionalLong previous, long now) {
    this.disorder = disorder.toMillis();
    this.idle = idle.toMillis();
    this.watermark = previous.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
    this.lastEventAt = now;
    this.endAskedAt = now;
  }

  /**
   * Records are given to the pipeline, as a block; returns its timestamp, the least of theirs. One
   * without an event time has the watermark of before.
   */
  synchronized long given(Fetched fetched, long now) {
    given = fetched.last();
    long before = watermark;
    if (fetched.latest().isPresent()) {
      lastEventAt = now;
      follow(fetched.latest().getAsLong());
    }
    long least = fetched.least().orElse(before);
    return fetched.allHaveTimes() ? least : Math.min(before, least);
  }

  /** A consumer begins; what another one saw does not count. */
  synchronized void assigned() {
    polled = NOWHERE;
    position = NOWHERE;
  }

  /** The consumer has this record, the pipeline may not yet. */
  synchronized void polled(long offset) {
    polled = offset;
  }

  /** The consumer has everything before this offset. */
  synchronized void reached(long offset) {
    position = offset;
  }

  /** The log's end was this, or later, when it was asked. */
  synchronized void ended(long offset, long askedAt) {
    end = offset;
    endAskedAt = askedAt;
  }

  synchronized boolean isIdle() {
    boolean isAllRead = position >= end && polled <= given;
    return isAllRead && endAskedAt - lastEventAt >= idle;
  }

  /** Whether it had an event since {@code other} became idle. */
  boolean isAliveFor(PartitionWatermark other) {
    long otherIdleSince = other.lastEventAt() + idle;
    return lastEventAt() >= otherIdleSince;
  }

  synchronized long lastEventAt() {
    return lastEventAt;
  }

  synchronized long current() {
    return watermark;
  }

  /** Others are at this event time. */
  synchronized void follow(long eventTime) {
    advance(eventTime - disorder);
  }

  synchronized void advance(long others) {
    watermark = Math.max(watermark, others);
  }
}
