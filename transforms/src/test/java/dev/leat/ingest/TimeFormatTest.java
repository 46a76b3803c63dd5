package dev.leat.ingest;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Json;
import dev.leat.field.FieldRef;
import java.time.ZoneId;
import org.junit.Test;

public class TimeFormatTest {
  private static final FieldRef FIELD = FieldRef.parse("/at");
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  public void readsIsoTimes() {
    assertThat(iso("2015-09-12T13:05:09Z"), is("2015-09-12T13:05:09Z"));
    assertThat(iso("2015-09-12T13:05:09.123456789Z"), is("2015-09-12T13:05:09.123456789Z"));
    assertThat(iso("2015-09-12T13:05"), is("2015-09-12T13:05:00Z"));
    assertThat(iso("2015-09-12 13:05:09"), is("2015-09-12T13:05:09Z"));
    assertThat(iso("2015-09-12"), is("2015-09-12T00:00:00Z"));
    assertThat(iso(" 2015-09-12T13:05:09z "), is("2015-09-12T13:05:09Z"));
    assertThat(iso("2016-02-29"), is("2016-02-29T00:00:00Z"));
  }

  @Test
  public void readsIsoOffsets() {
    assertThat(iso("2015-09-12T13:05:09+02:00"), is("2015-09-12T11:05:09Z"));
    assertThat(iso("2015-09-12T13:05:09-0130"), is("2015-09-12T14:35:09Z"));
    assertThat(iso("2015-09-12T13:05:09+05"), is("2015-09-12T08:05:09Z"));
    assertThat(iso("2015-09-12 13:05:09+02:00"), is("2015-09-12T11:05:09Z"));
  }

  @Test
  public void takesOffsetBeforeZone() {
    TimeFormat berlin = TimeFormat.of("iso", BERLIN);

    assertThat(read(berlin, "2015-09-12T13:00:00"), is("2015-09-12T11:00:00Z"));
    assertThat(read(berlin, "2015-09-12T13:00:00Z"), is("2015-09-12T13:00:00Z"));
    assertThat(read(berlin, "2015-09-12"), is("2015-09-11T22:00:00Z"));
  }

  @Test
  public void movesTimesThatTheClockSkipsOnByTheGap() {
    // 2024-03-31: 02:00 to 03:00 does not exist in Berlin.
    assertThat(
        read(TimeFormat.of("iso", BERLIN), "2024-03-31T02:30:00"), is("2024-03-31T01:30:00Z"));
  }

  @Test
  public void takesEarlierOfTimesThatTheClockRepeats() {
    // 2024-10-27: 02:00 to 03:00 comes twice in Berlin.
    assertThat(
        read(TimeFormat.of("iso", BERLIN), "2024-10-27T02:30:00"), is("2024-10-27T00:30:00Z"));
  }

  @Test
  public void refusesWhatIsNoIsoTime() {
    for (String text :
        new String[] {
          "2015-02-30",
          "2015-02-29T10:00:00Z",
          "2015-09-12T24:00:00Z",
          "2015-09-12T13:60:00Z",
          "2015-09-12T23:59:60Z",
          "2015-9-12",
          "12.09.2015",
          "2015-09-12T",
          "2015-09-12T13:05:09ZZ",
          "2015-09-12T 13:05:09",
          "2015-09-1213:05:09",
          "2015-09-12Z",
          "2015-09-12T13:05:09+19:00",
          "2015-09-12T13:05:09 Europe/Berlin",
          "yesterday",
          "1442063109",
          "\u0000",
          ""
        }) {
      RejectedException refusal = refusal(TimeFormat.iso(), TextNode.valueOf(text));

      assertThat(text, refusal.reason(), is(Reason.INVALID_VALUE));
      assertThat(text, refusal.detail(), is("/at: expected a time written as iso"));
    }
  }

  @Test
  public void refusesTimesOutsideYears1To9999() {
    assertThat(iso("0001-01-01T00:00:00Z"), is("0001-01-01T00:00:00Z"));
    assertThat(iso("9999-12-31T23:59:59.999999999Z"), is("9999-12-31T23:59:59.999999999Z"));
    for (String text :
        new String[] {
          "0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z", "-0001-01-01", "+999999999-12-31"
        }) {
      RejectedException refusal = refusal(TimeFormat.iso(), TextNode.valueOf(text));

      assertThat(text, refusal.reason(), is(Reason.INVALID_VALUE));
      assertThat(text, refusal.detail(), is("/at: expected a time in the years 1 to 9999"));
    }
  }

  @Test
  public void refusesIsoTimeThatIsNoText() {
    RejectedException refusal = refusal(TimeFormat.iso(), Json.parse("1442063109"));

    assertThat(refusal.reason(), is(Reason.INVALID_VALUE));
    assertThat(refusal.detail(), is("/at: expected a time written as iso"));
  }

  @Test
  public void tellsMissingTimesFromBadOnes() {
    for (TimeFormat format :
        new TimeFormat[] {TimeFormat.iso(), TimeFormat.of("epoch_millis", UTC)}) {
      for (JsonNode node : new JsonNode[] {MissingNode.getInstance(), Json.parse("null")}) {
        RejectedException refusal = refusal(format, node);

        assertThat(refusal.reason(), is(Reason.MISSING_FIELD));
        assertThat(refusal.detail(), is("/at: the time is missing"));
      }
    }
  }

  @Test
  public void readsEpochs() {
    assertThat(epoch("epoch_seconds", "1442063109"), is("2015-09-12T13:05:09Z"));
    assertThat(epoch("epoch_seconds", "1442063109.25"), is("2015-09-12T13:05:09.250Z"));
    assertThat(epoch("epoch_seconds", "1.442063109e9"), is("2015-09-12T13:05:09Z"));
    assertThat(epoch("epoch_seconds", "\"1442063109\""), is("2015-09-12T13:05:09Z"));
    assertThat(epoch("epoch_millis", "1442063109123"), is("2015-09-12T13:05:09.123Z"));
    assertThat(epoch("epoch_micros", "1442063109123456"), is("2015-09-12T13:05:09.123456Z"));
    assertThat(epoch("epoch_nanos", "1442063109123456789"), is("2015-09-12T13:05:09.123456789Z"));
    assertThat(epoch("epoch_nanos", "0.9"), is("1970-01-01T00:00:00Z"));
    assertThat(epoch("epoch_millis", "-1"), is("1969-12-31T23:59:59.999Z"));
    assertThat(epoch("epoch_nanos", "-0.1"), is("1969-12-31T23:59:59.999999999Z"));
  }

  @Test
  public void refusesEpochsThatAreNoTime() {
    TimeFormat seconds = TimeFormat.of("epoch_seconds", UTC);

    assertThat(
        refusal(seconds, Json.parse("1e300")).detail(),
        is("/at: expected a time written as epoch_seconds"));
    assertThat(
        refusal(seconds, Json.parse("-1e300")).detail(),
        is("/at: expected a time written as epoch_seconds"));
    assertThat(
        refusal(seconds, Json.parse("1e999999999")).detail(),
        is("/at: expected a number of at most 400 digits, got a longer one"));
    assertThat(
        refusal(seconds, Json.parse("253402300800")).detail(),
        is("/at: expected a time in the years 1 to 9999"));
    assertThat(
        refusal(seconds, Json.parse("-62135596801")).detail(),
        is("/at: expected a time in the years 1 to 9999"));
    assertThat(
        refusal(seconds, Json.parse("\"2015-09-12\"")).detail(),
        is("/at: expected a number, got text"));
    assertThat(
        refusal(seconds, Json.parse("true")).detail(), is("/at: expected a number, got a boolean"));
  }

  @Test
  public void readsPatterns() {
    assertThat(pattern("yyyy/MM/dd HH:mm", "2015/09/12 13:05"), is("2015-09-12T13:05:00Z"));
    assertThat(
        pattern("dd/MMM/yyyy:HH:mm:ss Z", "12/Sep/2015:13:05:09 +0200"),
        is("2015-09-12T11:05:09Z"));
    assertThat(
        pattern("dd/MMM/yyyy:HH:mm:ss Z", "12/SEP/2015:13:05:09 -0000"),
        is("2015-09-12T13:05:09Z"));
    assertThat(pattern("yyyyMMdd", "20150912"), is("2015-09-12T00:00:00Z"));
    assertThat(pattern("yyyy-DDD", "2015-255"), is("2015-09-12T00:00:00Z"));
    assertThat(pattern("MM/dd/yyyy hh:mm a", "09/12/2015 01:05 PM"), is("2015-09-12T13:05:00Z"));
    assertThat(pattern("yyyy-MM-dd HH", "2015-09-12 13"), is("2015-09-12T13:00:00Z"));
    assertThat(pattern("dd 'y' yy MM", "12 y 15 09"), is("2015-09-12T00:00:00Z"));
    assertThat(
        pattern("yyyy-MM-dd HH:mm VV", "2015-09-12 13:05 Europe/Berlin"),
        is("2015-09-12T11:05:00Z"));
    assertThat(pattern("yyyy-MM-dd G", "2015-09-12 AD"), is("2015-09-12T00:00:00Z"));
  }

  @Test
  public void readsPatternsInTheirZone() {
    TimeFormat format = TimeFormat.of("yyyy/MM/dd HH:mm", ZoneId.of("America/New_York"));

    assertThat(read(format, "2015/09/12 13:05"), is("2015-09-12T17:05:00Z"));
  }

  @Test
  public void refusesWhatDoesNotFitThePattern() {
    TimeFormat format = TimeFormat.of("yyyy/MM/dd HH:mm", UTC);

    for (String text : new String[] {"2015/02/30 10:00", "2015/09/12", "2015-09-12 13:05", ""}) {
      RejectedException refusal = refusal(format, TextNode.valueOf(text));

      assertThat(refusal.reason(), is(Reason.INVALID_VALUE));
      assertThat(refusal.detail(), is("/at: expected a time written as yyyy/MM/dd HH:mm"));
    }
  }

  @Test
  public void refusesPatternsThatTellNoDayOrHalfATime() {
    for (String pattern :
        new String[] {
          "yyyy", "yyyy-MM", "HH:mm", "yyyy-MM-dd hh:mm", "yyyy-MM-dd mm", "", "'yyyy-MM-dd'", "dd"
        }) {
      assertThat(
          pattern,
          badFormat(pattern),
          startsWith(
              "timeFormat: expected iso, epoch_seconds, epoch_millis, epoch_micros, epoch_nanos or"
                  + " a pattern such as yyyy/MM/dd HH:mm, got '"
                  + pattern
                  + "' ("));
    }
  }

  @Test
  public void refusesWhatIsNoPattern() {
    assertThat(
        badFormat("yyyy-MM-dd'T"),
        is(
            "timeFormat: expected iso, epoch_seconds, epoch_millis, epoch_micros, epoch_nanos or a"
                + " pattern such as yyyy/MM/dd HH:mm, got 'yyyy-MM-dd'T' (Pattern ends with an"
                + " incomplete string literal: uuuu-MM-dd'T)"));
    assertThat(badFormat("epoch"), startsWith("timeFormat: expected iso, "));
  }

  private static String iso(String text) {
    return read(TimeFormat.iso(), text);
  }

  private static String epoch(String format, String json) {
    return TimeFormat.of(format, BERLIN).read(Json.parse(json), FIELD).toString();
  }

  private static String pattern(String pattern, String text) {
    return read(TimeFormat.of(pattern, UTC), text);
  }

  private static String read(TimeFormat format, String text) {
    return format.read(TextNode.valueOf(text), FIELD).toString();
  }

  private static RejectedException refusal(TimeFormat format, JsonNode node) {
    return assertThrows(node.toString(), RejectedException.class, () -> format.read(node, FIELD));
  }

  private static String badFormat(String format) {
    return assertThrows(format, IllegalArgumentException.class, () -> TimeFormat.of(format, UTC))
        .getMessage();
  }
}
