package dev.leat.io.lake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One version of a result, and which of two versions stands.
 *
 * <p>Two rows are <i>rivals</i> if they have one key or, for sessions, are of one group and one
 * spans the other: a session that grows or swallows others spans what it was before. (Sessions that
 * merely overlap are two results: one was closed before the other began.) Of rivals that with more
 * events stands. This does not depend on the order in which they come.
 *
 * @param group the values of the key; for sessions without {@code window_start}
 * @param start for sessions, in milliseconds; otherwise 0
 * @param end for sessions, in milliseconds; otherwise 0
 * @param revision how many events it is made of
 */
record LiveRow<T>(List<@Nullable Object> group, long start, long end, long revision, T row) {

  /** Of a row that is never replaced. */
  static final long FINAL = Long.MAX_VALUE;

  /** Of a row by another writer: any live one beats it. */
  static final long UNKNOWN = -1;

  /** Of rows of one group. */
  boolean rivals(LiveRow<?> other) {
    return spans(other) || other.spans(this);
  }

  /** Of rivals: whether this one stands. Of equal ones neither beats the other. */
  boolean beats(LiveRow<?> other) {
    return revision == other.revision
        ? end - start > other.end - other.start
        : revision > other.revision;
  }

  /** The same place with another content. */
  <S> LiveRow<S> with(S other) {
    return new LiveRow<>(group, start, end, revision, other);
  }

  private boolean spans(LiveRow<?> other) {
    return start <= other.start && end >= other.end;
  }
}
