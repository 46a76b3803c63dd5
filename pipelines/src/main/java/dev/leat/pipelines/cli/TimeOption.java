package dev.leat.pipelines.cli;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Options that are times, and the pairs of them that bound a range. */
final class TimeOption {
  private static final int DATE_LENGTH = "2015-09-12".length();

  private TimeOption() {}

  /**
   * Reads the value of an option; a date is its begin in UTC.
   *
   * @throws UsageException if it is no time
   */
  static Instant parse(String option, String text) {
    try {
      return text.length() == DATE_LENGTH
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new UsageException(
          option
              + ": expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z, got '"
              + text
              + "'");
    }
  }

  /**
   * The range that two options bound, each of which may be missing; none if both are.
   *
   * @param options what their names begin with: {@code --eventTime} is for {@code --eventTimeStart}
   *     and {@code --eventTimeEnd}
   * @throws UsageException if one is no time, or the end is not after the start
   */
  static Optional<TimeRange> range(String options, @Nullable String start, @Nullable String end) {
    if (start == null && end == null) {
      return Optional.empty();
    }
    TimeRange always = TimeRange.always();
    return Optional.of(
        TimeRange.of(
            start == null ? always.start() : parse(options + "Start", start),
            end == null ? always.end() : parse(options + "End", end)));
  }
}
