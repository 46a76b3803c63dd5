package dev.leat.testing.benchmarks.flights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Flights from JSON with Jackson's streaming parser, as someone writes it who cares for speed: no
 * tree, no reflection, no {@code java.time} where a time is written as usual.
 */
public final class FlightReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int USUAL_LENGTH = "2001-01-14T21:55:00Z".length();

  private FlightReader() {}

  /** A parser of many flights, one after another. */
  public static JsonParser parser(InputStream in) throws IOException {
    return JSON.createParser(in);
  }

  public static Flight read(String line) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      return only(parser);
    }
  }

  public static Flight read(byte[] line) throws IOException {
    return read(line, 0, line.length);
  }

  public static Flight read(byte[] bytes, int offset, int length) throws IOException {
    try (JsonParser parser = JSON.createParser(bytes, offset, length)) {
      return only(parser);
    }
  }

  private static Flight only(JsonParser parser) throws IOException {
    Flight flight = next(parser);
    if (flight == null) {
      throw new IOException("expected a flight, got nothing");
    }
    return flight;
  }

  /** The next flight, or null at the end. */
  public static @Nullable Flight next(JsonParser parser) throws IOException {
    if (parser.nextToken() == null) {
      return null;
    }
    Flight flight = new Flight();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "id" -> flight.id = parser.getText();
        case "time" ->
            flight.time =
                millis(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        case "origin" -> flight.origin = parser.getText();
        case "delay" -> flight.delay = parser.getIntValue();
        case "distance" -> flight.distance = parser.getIntValue();
        default -> parser.skipChildren();
      }
    }
    return flight;
  }

  /** Of {@code 2001-01-14T21:55:00Z}; anything else is left to {@link Instant}. */
  public static long millis(char[] text, int offset, int length) {
    if (length != USUAL_LENGTH || text[offset + 10] != 'T' || text[offset + 19] != 'Z') {
      return Instant.parse(new String(text, offset, length)).toEpochMilli();
    }
    long day = daysSince1970(four(text, offset), two(text, offset + 5), two(text, offset + 8));
    return ((day * 24 + two(text, offset + 11)) * 60 + two(text, offset + 14)) * 60_000
        + two(text, offset + 17) * 1000L;
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

  private static int two(char[] text, int at) {
    return (text[at] - '0') * 10 + text[at + 1] - '0';
  }

  private static int four(char[] text, int at) {
    return two(text, at) * 100 + two(text, at + 2);
  }
}
