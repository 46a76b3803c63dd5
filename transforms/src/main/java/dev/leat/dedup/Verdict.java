package dev.leat.dedup;

/** What an event is to those before it. */
enum Verdict {
  /** The first of its id. */
  NEW,
  /** A copy of one that was kept. */
  REPEAT,
  /** A copy that has the id of one that was kept, and another time or payload. */
  CONFLICTING,
  /**
   * Too old to tell, because the ids of its time are gone; or new, and too late for its windows.
   */
  LATE
}
