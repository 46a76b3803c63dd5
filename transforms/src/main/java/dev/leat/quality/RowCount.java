package dev.leat.quality;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many rows a result has. */
final class RowCount extends QualityRule {
  private static final long serialVersionUID = 1L;

  private final long least;
  private final @Nullable Long most;

  RowCount(long least, @Nullable Long most) {
    if (least < 0) {
      throw new IllegalArgumentException("min: expected 0 or more, got " + least);
    }
    if (most != null && most < least) {
      throw new IllegalArgumentException(
          "max: expected at least the min of " + least + ", got " + most);
    }
    this.least = least;
    this.most = most;
  }

  @Override
  @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil) {
    if (tally.rows() < least) {
      return String.format(Locale.ROOT, "expected at least %,d, got %,d", least, tally.rows());
    }
    return most != null && tally.rows() > most
        ? String.format(Locale.ROOT, "expected at most %,d, got %,d", most, tally.rows())
        : null;
  }

  @Override
  public String toString() {
    return "{rows: {min: " + least + (most == null ? "" : ", max: " + most) + "}}";
  }
}
