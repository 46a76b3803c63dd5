package dev.leat.io.kafka;

import dev.leat.io.spi.UnreachableException;
import java.time.Duration;
import java.util.function.Supplier;

/** Ends a wait for a broker: Kafka's own consumer asks for ever. */
final class Patience {
  private final Duration limit;
  private long since = System.nanoTime();

  Patience(Duration limit) {
    this.limit = limit;
  }

  /**
   * @throws UnreachableException if there was no progress for as long as the limit
   */
  void check(boolean hasProgress, Supplier<String> complaint) {
    if (hasProgress) {
      since = System.nanoTime();
    } else if (System.nanoTime() - since > limit.toNanos()) {
      throw new UnreachableException(complaint.get() + " for " + limit.toSeconds() + "s");
    }
  }
}
