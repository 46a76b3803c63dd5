package dev.leat.io.spi;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long something takes, as workflows, URIs and options write it. */
public final class Durations {
  public static final String EXPECTED = "a duration such as 20s, 10m, 1h or 1d";

  private static final Pattern SIMPLE = Pattern.compile("(\\d+|-0*[1-9]\\d*)(ms|s|m|h|d)");
  private static final Pattern ISO =
      Pattern.compile("P(?=.)(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private Durations() {}

  /**
   * Reads {@code 500ms}, {@code 20s}, {@code 10m}, {@code 1h}, {@code 1d}, or ISO-8601: {@code
   * PT1H}.
   *
   * @param expected what the message says would work
   * @throws IllegalArgumentException if it is none of these
   */
  public static Duration parse(String text, String expected) {
    Matcher simple = SIMPLE.matcher(text);
    try {
      if (simple.matches()) {
        ChronoUnit unit = UNITS.getOrDefault(simple.group(2), ChronoUnit.SECONDS);
        return inMillis(Duration.of(Long.parseLong(simple.group(1)), unit));
      }
      if (ISO.matcher(text).matches()) {
        return inMillis(Duration.parse(text));
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("expected " + expected + ", got '" + text + "'", e);
    }
    throw new IllegalArgumentException("expected " + expected + ", got '" + text + "'");
  }

  /**
   * Reads a duration within limits.
   *
   * @throws IllegalArgumentException if it is none, or outside
   */
  public static Duration parse(String text, Duration least, Duration most, String limits) {
    Duration duration = parse(text, EXPECTED);
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException("expected " + limits + ", got " + text);
    }
    return duration;
  }

  /**
   * Reads an option or parameter within limits.
   *
   * @param name what the message begins with
   * @throws UsageException if it is no duration, or outside
   */
  public static Duration option(
      String name, String text, Duration least, Duration most, String limits) {
    try {
      return parse(text, least, most, limits);
    } catch (IllegalArgumentException e) {
      throw new UsageException(name + ": " + e.getMessage());
    }
  }

  /** Refuses what does not even fit a count of milliseconds, so that nobody has to think of it. */
  private static Duration inMillis(Duration duration) {
    return Duration.ofMillis(duration.toMillis()).plusNanos(duration.getNano() % 1_000_000);
  }
}
