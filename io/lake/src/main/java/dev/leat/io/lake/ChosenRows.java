package dev.leat.io.lake;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which rows of a derived table are wanted. */
@FunctionalInterface
public interface ChosenRows extends Serializable {
  /**
   * Whether a row is one of them.
   *
   * @param key the values of the columns that were asked for; null where the table has none
   */
  boolean has(List<? extends @Nullable String> key, @Nullable Instant windowStart);
}
