package dev.leat.io.kafka;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Lets so many things a second happen, evenly: what was slow for a while does not hurry after. */
final class Pace {
  private final LongSupplier nanos;
  private final LongConsumer sleep;
  private final long interval;
  private long next;
  private boolean begun;

  /**
   * @param nanos a clock
   * @param sleep sleeps for so many nanoseconds
   */
  Pace(double perSecond, LongSupplier nanos, LongConsumer sleep) {
    this.interval = Math.max(1, Math.round(1e9 / perSecond));
    this.nanos = nanos;
    this.sleep = sleep;
  }

  static Pace of(double perSecond) {
    return new Pace(
        perSecond,
        System::nanoTime,
        wait -> Uninterruptibles.sleepUninterruptibly(Duration.ofNanos(wait)));
  }

  /** Returns when the next may happen. */
  void await() {
    long now = nanos.getAsLong();
    if (begun && next - now > 0) {
      sleep.accept(next - now);
      next += interval;
    } else {
      next = now + interval;
    }
    begun = true;
  }
}
