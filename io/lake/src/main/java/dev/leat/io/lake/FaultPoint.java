package dev.leat.io.lake;

import java.util.function.Consumer;

/** Moments at which a test lets a commit die. Nothing happens at them otherwise. */
enum FaultPoint {
  BEFORE_DEAD_LETTERS,
  AFTER_DEAD_LETTERS,
  EVENTS_PUBLISHED,
  AFTER_EVENTS,
  ROWS_PUBLISHED;

  private static volatile Consumer<FaultPoint> hook = point -> {};

  static void onReached(Consumer<FaultPoint> newHook) {
    hook = newHook;
  }

  void reached() {
    hook.accept(this);
  }
}
