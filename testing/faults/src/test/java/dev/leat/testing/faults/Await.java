package dev.leat.testing.faults;

import java.time.Duration;
import java.util.function.Supplier;

/** Waits for what must become true. */
final class Await {
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private Await() {}

  /** Asks again and again, and fails with the last answer. */
  static void until(Supplier<String> problem) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      String last = problem.get();
      if (last.isEmpty()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + LONGEST + ": " + last);
      }
      sleep(Duration.ofMillis(500));
    }
  }

  static void sleep(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
