package dev.leat.testing.faults;

import dev.leat.testing.faults.Orders.Place;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A reader that looks at both tables all the while: what it has seen stays, nothing is there twice,
 * and no count shrinks.
 */
final class Watcher implements AutoCloseable {
  private final Scene scene;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::watch, "watcher");
  private volatile boolean stopped;
  private volatile int looks;
  private volatile boolean sawBoth;

  Watcher(Scene scene) {
    this.scene = scene;
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    Set<Place> seen = new HashSet<>();
    Map<String, Long> counts = new TreeMap<>();
    try {
      // Once more when it is stopped: it never ends without having looked.
      boolean last;
      do {
        last = stopped;
        List<Place> now = Scene.places(scene.raw());
        Set<Place> distinct = new HashSet<>(now);
        if (distinct.size() != now.size()) {
          throw new AssertionError(now.size() - distinct.size() + " raw events are there twice");
        }
        if (!distinct.containsAll(seen)) {
          throw new AssertionError("raw events that were there are gone");
        }
        seen = distinct;
        scene
            .rows()
            .forEach(
                (key, value) -> {
                  long count = Long.parseLong(value.substring(0, value.indexOf(' ')));
                  Long before = counts.put(key, count);
                  if (before != null && before > count) {
                    throw new AssertionError(key + " went from " + before + " to " + count);
                  }
                });
        sawBoth |= !seen.isEmpty() && !counts.isEmpty();
        looks = looks + 1;
        if (!last) {
          Await.sleep(Duration.ofSeconds(1));
        }
      } while (!last);
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  /** Waits until the reader has looked once more; fails if it saw what must not be. */
  void check() {
    int before = looks;
    Await.until(() -> looks > before || failure.get() != null ? "" : "the reader does not look");
    expectNoFailure();
  }

  private void expectNoFailure() {
    if (failure.get() != null) {
      throw new AssertionError("a reader saw what must not be", failure.get());
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    System.out.println("  the reader looked " + looks + " times");
    expectNoFailure();
    if (!sawBoth) {
      throw new AssertionError("the reader looked " + looks + " times and saw nothing");
    }
  }
}
