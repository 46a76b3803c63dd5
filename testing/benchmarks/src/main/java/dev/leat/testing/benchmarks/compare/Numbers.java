package dev.leat.testing.benchmarks.compare;

import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Numbers for people: no more digits than mean something. */
final class Numbers {
  static final String NONE = "–";

  private Numbers() {}

  /** Three digits that count: {@code 1,130,000}. */
  static String rate(OptionalDouble rate) {
    if (rate.isEmpty()) {
      return NONE;
    }
    double value = rate.getAsDouble();
    double unit = Math.max(1, Math.pow(10, Math.floor(Math.log10(value)) - 2));
    return String.format(Locale.ROOT, "%,.0f", Math.round(value / unit) * unit);
  }

  /** A round number, short enough for an axis: {@code 5,000}, {@code 250k}, {@code 2.5M}. */
  static String mark(double value) {
    if (value < 10_000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return value < 1_000_000
        ? String.format(Locale.ROOT, "%.0fk", value / 1000)
        : String.format(Locale.ROOT, "%.1fM", value / 1_000_000).replace(".0M", "M");
  }

  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }

  /** {@code 16.4}, {@code 1,250}. */
  static String figure(@Nullable Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }

  /** {@code 12×}, {@code 4.1×}, {@code 0.38×}. */
  static String times(double times) {
    return String.format(
        Locale.ROOT, times >= 10 ? "%.0f×" : times >= 1 ? "%.1f×" : "%.2f×", times);
  }
}
