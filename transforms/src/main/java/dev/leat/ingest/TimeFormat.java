package dev.leat.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.field.FieldRef;
import dev.leat.field.PlainJson;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a time is written. {@code iso} is ISO-8601, with or without an offset; {@code epoch_seconds},
 * {@code epoch_millis}, {@code epoch_micros} and {@code epoch_nanos} are numbers since 1970;
 * anything else is a pattern of {@link DateTimeFormatter}, with English names, read strictly: there
 * is no 31st of February. Times without an offset are in the zone; of two that a clock change makes
 * alike the earlier is meant, and one that it skips is moved on by the gap. Years 1 to 9999.
 */
public final class TimeFormat implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final ImmutableMap<String, Integer> EPOCH_DIGITS =
      ImmutableMap.of("epoch_seconds", 0, "epoch_millis", 3, "epoch_micros", 6, "epoch_nanos", 9);
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final ZonedDateTime EXAMPLE =
      LocalDateTime.of(2015, 9, 12, 13, 5, 9).atZone(ZoneOffset.UTC);
  private static final Pattern QUOTED = Pattern.compile("'[^']*'");
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .parseLenient() // +02:00, +0200 and +02
          .appendOffset("+HH", "Z")
          .parseStrict()
          .optionalEnd()
          .optionalEnd()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private final String format;
  private final ZoneId zone;
  private final boolean isUtc;
  private transient @Nullable DateTimeFormatter formatter;

  private TimeFormat(String format, ZoneId zone) {
    this.format = format;
    this.zone = zone;
    this.isUtc =
        zone.getRules().isFixedOffset()
            && zone.getRules().getOffset(Instant.EPOCH).equals(ZoneOffset.UTC);
  }

  /** ISO-8601, UTC where there is no offset. */
  public static TimeFormat iso() {
    return new TimeFormat("iso", ZoneId.of("UTC"));
  }

  /**
   * @param format {@code iso}, {@code epoch_seconds}, {@code epoch_millis}, {@code epoch_micros},
   *     {@code epoch_nanos} or a pattern such as {@code yyyy/MM/dd HH:mm}
   * @param zone of times that are written without an offset
   * @throws IllegalArgumentException if the pattern is none; the message says what would work
   */
  public static TimeFormat of(String format, ZoneId zone) {
    TimeFormat result = new TimeFormat(format, zone);
    if (!format.equals("iso") && !EPOCH_DIGITS.containsKey(format)) {
      result.formatter();
    }
    return result;
  }

  /** Whether it is ISO-8601, in which an offset that is written holds whatever the zone. */
  public boolean isIso() {
    return format.equals("iso");
  }

  /**
   * Reads a time.
   *
   * @throws RejectedException if it is missing, not so written, or outside the years 1 to 9999
   */
  public Instant read(JsonNode node, FieldRef field) {
    if (node.isMissingNode() || node.isNull()) {
      throw new RejectedException(Reason.MISSING_FIELD, field + ": the time is missing");
    }
    Instant time;
    Integer digits = EPOCH_DIGITS.get(format);
    try {
      time = digits != null ? epoch(node, field, digits) : written(node, field);
    } catch (DateTimeException | ArithmeticException e) {
      throw invalid(field);
    }
    if (time.isBefore(FIRST) || time.isAfter(LAST)) {
      throw new RejectedException(
          Reason.INVALID_VALUE, field + ": expected a time in the years 1 to 9999");
    }
    return time;
  }

  /**
   * Reads a time at a place of a plain document, if it is written in a way that needs no formatter.
   *
   * @return the same as {@link #read}, or null to leave it to that
   */
  @Nullable Instant readPlain(PlainJson json, int place) {
    switch (json.kind(place)) {
      case TEXT:
        return format.equals("iso")
            ? PlainTimes.iso(json.bytes(), json.from(place), json.to(place), isUtc)
            : null;
      case INTEGER:
        Integer digits = EPOCH_DIGITS.get(format);
        return digits == null
            ? null
            : PlainTimes.epoch(json.bytes(), json.from(place), json.to(place), digits);
      default:
        return null;
    }
  }

  private static Instant epoch(JsonNode node, FieldRef field, int digits) {
    BigDecimal number = dev.leat.field.Values.number(node, field);
    if (number == null) {
      throw new RejectedException(Reason.MISSING_FIELD, field + ": the time is missing");
    }
    BigInteger nanos =
        number.movePointRight(9 - digits).setScale(0, RoundingMode.FLOOR).toBigIntegerExact();
    BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
    return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
  }

  private Instant written(JsonNode node, FieldRef field) {
    if (!node.isTextual()) {
      throw invalid(field);
    }
    String text = node.textValue().trim();
    boolean spaced = format.equals("iso") && text.length() > 10 && text.charAt(10) == ' ';
    TemporalAccessor parsed =
        parse(formatter(), spaced ? text.substring(0, 10) + "T" + text.substring(11) : text);
    if (parsed instanceof OffsetDateTime) {
      return ((OffsetDateTime) parsed).toInstant();
    }
    if (parsed instanceof ZonedDateTime) {
      return ((ZonedDateTime) parsed).toInstant();
    }
    LocalDateTime local =
        parsed instanceof LocalDate ? ((LocalDate) parsed).atStartOfDay() : (LocalDateTime) parsed;
    return local.atZone(zone).toInstant();
  }

  private static TemporalAccessor parse(DateTimeFormatter formatter, String text) {
    return formatter.parseBest(
        text, OffsetDateTime::from, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
  }

  private RejectedException invalid(FieldRef field) {
    return new RejectedException(
        Reason.INVALID_VALUE, field + ": expected a time written as " + format);
  }

  private DateTimeFormatter formatter() {
    DateTimeFormatter current = formatter;
    if (current == null) {
      current = format.equals("iso") ? ISO : compile(format);
      formatter = current;
    }
    return current;
  }

  private static DateTimeFormatter compile(String pattern) {
    String letters = QUOTED.matcher(pattern).replaceAll("");
    try {
      DateTimeFormatterBuilder builder =
          new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(proleptic(pattern));
      boolean twelveHours = letters.matches(".*[hKa].*");
      if (letters.contains("H") || twelveHours) {
        if (!letters.contains("m")) {
          builder.parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0);
        }
      }
      DateTimeFormatter formatter =
          builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
      checkReadsWhatItWrites(formatter, letters.matches(".*[HKhkamsSAnN].*"));
      return formatter;
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException(
          "timeFormat: expected iso, epoch_seconds, epoch_millis, epoch_micros, epoch_nanos or a"
              + " pattern such as yyyy/MM/dd HH:mm, got '"
              + pattern
              + "' ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  /** A pattern may lack the day; or have hours but not which half of the day they are of. */
  private static void checkReadsWhatItWrites(DateTimeFormatter formatter, boolean withTime) {
    TemporalAccessor parsed;
    try {
      parsed = parse(formatter, formatter.format(EXAMPLE));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("it does not tell the year, month and day", e);
    }
    if (withTime && parsed instanceof LocalDate) {
      throw new IllegalArgumentException("it does not tell the time of the day");
    }
  }

  /** In a strict formatter 'y' is the year of an era and needs one; everybody means 'u'. */
  private static String proleptic(String pattern) {
    StringBuilder result = new StringBuilder(pattern.length());
    boolean quoted = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      quoted ^= c == '\'';
      result.append(c == 'y' && !quoted && !pattern.contains("G") ? 'u' : c);
    }
    return result.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimeFormat
        && format.equals(((TimeFormat) other).format)
        && zone.equals(((TimeFormat) other).zone);
  }

  @Override
  public int hashCode() {
    return 31 * format.hashCode() + zone.hashCode();
  }

  @Override
  public String toString() {
    return format + " in " + zone;
  }
}
