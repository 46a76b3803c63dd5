package dev.leat.ingest;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usual ways of writing a time from bytes. It is strict, and knows the years 2 to 9998:
 * what it does not read gives null, and may be a time all the same.
 */
final class PlainTimes {
  private static final int DATE_AND_SECONDS = "2001-01-14T21:55:00".length();
  private static final int MOST_DIGITS = 18;
  private static final long LEAST_SECOND = Instant.parse("0002-01-01T00:00:00Z").getEpochSecond();
  private static final long MOST_SECOND = Instant.parse("9998-12-31T00:00:00Z").getEpochSecond();

  private PlainTimes() {}

  /**
   * {@code 2001-01-14T21:55:00Z}, with a blank for the T, a fraction of up to nine digits, an
   * offset such as {@code +02:00}.
   *
   * @param bareIsUtc whether a time without Z and offset is meant in UTC
   */
  static @Nullable Instant iso(byte[] text, int from, int to, boolean bareIsUtc) {
    if (to - from < DATE_AND_SECONDS
        || text[from + 4] != '-'
        || text[from + 7] != '-'
        || (text[from + 10] != 'T' && text[from + 10] != ' ')
        || text[from + 13] != ':'
        || text[from + 16] != ':') {
      return null;
    }
    int century = two(text, from);
    int ofCentury = two(text, from + 2);
    int month = two(text, from + 5);
    int day = two(text, from + 8);
    int hour = two(text, from + 11);
    int minute = two(text, from + 14);
    int second = two(text, from + 17);
    int year = century * 100 + ofCentury;
    if ((century | ofCentury | month | day | hour | minute | second) < 0
        || year < 2
        || year > 9998
        || month < 1
        || month > 12
        || day < 1
        || day > daysOf(year, month)
        || hour > 23
        || minute > 59
        || second > 59) {
      return null;
    }
    int at = from + DATE_AND_SECONDS;
    int nanos = 0;
    if (at < to && text[at] == '.') {
      int digitsFrom = ++at;
      int scale = 100_000_000;
      for (; at < to && at - digitsFrom < 9 && isDigit(text[at]); at++) {
        nanos += (text[at] - '0') * scale;
        scale /= 10;
      }
      if (at == digitsFrom) {
        return null;
      }
    }
    int offset = offset(text, at, to, bareIsUtc);
    if (offset == Integer.MIN_VALUE) {
      return null;
    }
    long seconds =
        daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /**
   * Digits since 1970.
   *
   * @param fraction how many of them are after the second's point
   */
  static @Nullable Instant epoch(byte[] text, int from, int to, int fraction) {
    if (to - from > MOST_DIGITS || text[from] == '-') {
      return null;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + text[i] - '0';
    }
    long perSecond = powerOfTen(fraction);
    long seconds = value / perSecond;
    return seconds < LEAST_SECOND || seconds > MOST_SECOND
        ? null
        : Instant.ofEpochSecond(seconds, value % perSecond * powerOfTen(9 - fraction));
  }

  /** In seconds, or the least integer if it is none. */
  private static int offset(byte[] text, int at, int to, boolean bareIsUtc) {
    if (at == to) {
      return bareIsUtc ? 0 : Integer.MIN_VALUE;
    }
    if (to == at + 1 && text[at] == 'Z') {
      return 0;
    }
    if (to != at + 6 || text[at + 3] != ':' || (text[at] != '+' && text[at] != '-')) {
      return Integer.MIN_VALUE;
    }
    int hours = two(text, at + 1);
    int minutes = two(text, at + 4);
    if ((hours | minutes) < 0 || hours > 17 || minutes > 59) {
      return Integer.MIN_VALUE;
    }
    int seconds = hours * 3600 + minutes * 60;
    return text[at] == '-' ? -seconds : seconds;
  }

  /** Of two digits; negative if they are none. */
  private static int two(byte[] text, int at) {
    return isDigit(text[at]) && isDigit(text[at + 1])
        ? (text[at] - '0') * 10 + text[at + 1] - '0'
        : -1;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static int daysOf(int year, int month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }

  /** Howard Hinnant's days_from_civil, for years after 0. */
  private static long daysSince1970(int year, int month, int day) {
    int shifted = month <= 2 ? year - 1 : year;
    int era = shifted / 400;
    int yearOfEra = shifted - era * 400;
    int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468;
  }

  private static long powerOfTen(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }
}
