package dev.leat.dedup;

/** What an event is to those before it. */
enum Verdict {
  /** The first of its id. */
  NEW,
  /** A copy of one that was kept. */
  REPEAT,
  /** A copy that has the id of one that was kept, and another time or payload. */
  CONFLICTING,
  /** Too old to tell: the ids of its time are gone. */
  LATE
}
