package dev.leat.io.lake;

import org.jspecify.annotations.Nullable;

/** Which rows are written, by where they came from. */
interface RowSelection {
  RowSelection ALL = (origin, partition, offset) -> true;

  /**
   * Asked once for each row, in their order.
   *
   * @param origin absent if the row has no lineage; then the rest is 0
   */
  boolean takes(@Nullable String origin, int partition, long offset);
}
