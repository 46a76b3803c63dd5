package dev.leat.pipelines.backfill;

import dev.leat.io.spi.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Lines of names and values, the values in one column, and how values are told. */
final class Words {
  private final List<String[]> lines = new ArrayList<>();

  Words line(String name, String format, Object... values) {
    lines.add(new String[] {name, String.format(Locale.ROOT, format, values)});
    return this;
  }

  @Override
  public String toString() {
    int width = lines.stream().mapToInt(line -> line[0].length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      text.append(String.format("  %-" + width + "s  %s%n", line[0], line[1]));
    }
    return text.toString();
  }

  static String times(TimeRange range) {
    return range.start() + " to " + range.end();
  }

  static String bytes(double bytes) {
    if (bytes < 1e6) {
      return String.format(Locale.ROOT, "%,.1f kB", bytes / 1e3);
    }
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%,.2f GB", bytes / 1e9);
  }

  static String time(Duration time) {
    double seconds = time.toMillis() / 1e3;
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return seconds < 7200
        ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  /** What so many cores cost for so long. */
  static OptionalDouble cost(Duration time, int cores, OptionalDouble pricePerCoreHour) {
    return pricePerCoreHour.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(time.toMillis() / 3.6e6 * cores * pricePerCoreHour.getAsDouble());
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", share * 100);
  }
}
