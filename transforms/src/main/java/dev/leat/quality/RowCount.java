package dev.leat.quality;

import dev.leat.range.LongRanges;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many rows a result has. */
final class RowCount extends QualityRule {
  private static final long serialVersionUID = 1L;

  private final long least;
  private final @Nullable Long most;
  private final long beside;

  RowCount(long least, @Nullable Long most) {
    this(least, most, 0);
  }

  private RowCount(long least, @Nullable Long most, long beside) {
    if (least < 0) {
      throw new IllegalArgumentException("min: expected 0 or more, got " + least);
    }
    if (most != null && most < least) {
      throw new IllegalArgumentException(
          "max: expected at least the min of " + least + ", got " + most);
    }
    this.least = least;
    this.most = most;
    this.beside = beside;
  }

  @Override
  public QualityRule ofPart(LongRanges windowStarts, long rowsBeside) {
    return new RowCount(least, most, rowsBeside);
  }

  @Override
  @Nullable String problem(Tally tally, Map<Long, Long> cells, long completeUntil) {
    long rows = tally.rows() + beside;
    if (rows < least) {
      return String.format(Locale.ROOT, "expected at least %,d, got %,d", least, rows);
    }
    return most != null && rows > most
        ? String.format(Locale.ROOT, "expected at most %,d, got %,d", most, rows)
        : null;
  }

  @Override
  public String toString() {
    return "{rows: {min: " + least + (most == null ? "" : ", max: " + most) + "}}";
  }
}
