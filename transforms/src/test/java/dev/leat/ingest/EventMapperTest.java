package dev.leat.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping.Format;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.Test;

public class EventMapperTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Mapping JSON = Mapping.of(Format.JSON, "edit", FieldRef.parse("/time"));
  private static final Mapping CSV = Mapping.of(Format.CSV, "edit", FieldRef.parse("/time"));
  private static final String COMBINED =
      "(?<host>[^ ]+) [^ ]+ (?<user>[^ ]+) \\[(?<at>[^\\]]+)\\] \"(?<request>[^\"]*)\""
          + " (?<status>\\d{3}) (?<size>\\d+|-)(?: \"(?<referrer>[^\"]*)\" \"(?<agent>[^\"]*)\")?";

  @Test
  public void mapsEveryFieldOfJson() {
    Mapping mapping =
        Mapping.of(Format.JSON, "/kind", FieldRef.parse("/at/ms"))
            .withId(FieldRef.parse("/uuid"))
            .withSource("/from")
            .withTenant("/channel")
            .withSubject(FieldRef.parse("/page"))
            .withSequence(FieldRef.parse("/n"))
            .withTimeFormat(TimeFormat.of("epoch_millis", ZoneOffset.UTC));
    String json =
        "{\"kind\":\"wiki.edit\",\"uuid\":17,\"from\":\"wiki\",\"channel\":\"#en\","
            + "\"page\":\"Mühle\",\"n\":\"42\",\"at\":{\"ms\":1442063109123}}";

    Event event = map(mapping, json);

    assertThat(
        event,
        is(
            Event.builder()
                .id("17")
                .source("wiki")
                .type("wiki.edit")
                .subject("Mühle")
                .time(Instant.parse("2015-09-12T13:05:09.123Z"))
                .tenant("#en")
                .sequence(42L)
                .contentType("application/json")
                .data(Payload.utf8(json))
                .ingest(Lineage.of(NOW, "file:///a", 3, 7))
                .build()));
  }

  @Test
  public void takesTypeAsSourceAndOneTenantByDefault() {
    Event event = map(JSON, "{\"time\":\"2015-09-12\"}");

    assertThat(event.source(), is("edit"));
    assertThat(event.tenant(), is("default"));
    assertThat(event.subject() == null && event.sequence() == null, is(true));
  }

  @Test
  public void hashesPayloadWhereThereIsNoId() {
    String json = "{\"time\":\"2015-09-12\",\"id\":null}";
    Mapping withId = JSON.withId(FieldRef.parse("/id"));

    assertThat(map(JSON, json).id(), is("bdb1e142d1c6996588c2ff9338087ca3"));
    assertThat(map(withId, json).id(), is(map(JSON, json).id()));
    assertThat(
        map(withId, "{\"time\":\"2015-09-12\",\"id\":\"\"}").id(),
        is(map(JSON, "{\"time\":\"2015-09-12\",\"id\":\"\"}").id()));
    assertThat(map(JSON, json + " ").id(), is(not(map(JSON, json).id())));
  }

  @Test
  public void hashesTheRecordWithoutItsHeader() {
    RawRecord record = csv("id,time", "a,2015-09-12");
    RawRecord underAnotherHeader = csv("ident,time", "a,2015-09-12");

    assertThat(map(CSV, record).id(), is(map(CSV, underAnotherHeader).id()));
    assertThat(map(CSV, record).id(), is(not(map(CSV, csv("id,time", "b,2015-09-12")).id())));
  }

  @Test
  public void readsCsvUnderItsHeader() {
    Mapping mapping =
        CSV.withTenant("/the channel")
            .withId(FieldRef.parse("/a~1b"))
            .withSubject(FieldRef.parse("/note"));

    Event event =
        map(
            mapping,
            csv(
                "a/b,time,the channel,note",
                "7,2015-09-12T10:00:00Z,en,\"one, \"\"two\"\"\nthree\""));

    assertThat(event.id(), is("7"));
    assertThat(event.tenant(), is("en"));
    assertThat(event.subject(), is("one, \"two\"\nthree"));
    assertThat(event.contentType(), is("text/csv; header=present"));
    assertThat(
        event.data().toUtf8(),
        is(
            "a/b,time,the channel,note\r\n"
                + "7,2015-09-12T10:00:00Z,en,\"one, \"\"two\"\"\nthree\""));
  }

  @Test
  public void readsCsvWithoutHeaderByNumber() {
    Mapping mapping =
        Mapping.of(Format.CSV_WITHOUT_HEADER, "edit", FieldRef.parse("/1"))
            .withId(FieldRef.parse("/0"));

    Event event = map(mapping, "a,2015-09-12");

    assertThat(event.id(), is("a"));
    assertThat(event.contentType(), is("text/csv; header=absent"));
    assertThat(event.data().toUtf8(), is("a,2015-09-12"));
  }

  @Test
  public void readsCombinedLogLines() {
    Mapping mapping =
        Mapping.of(Format.TEXT, "access", FieldRef.parse("/at"))
            .withPattern(COMBINED)
            .withTimeFormat(TimeFormat.of("dd/MMM/yyyy:HH:mm:ss Z", ZoneId.of("UTC")))
            .withTenant("/host")
            .withSubject(FieldRef.parse("/referrer"));

    Event event =
        map(
            mapping,
            "203.0.113.9 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 200 2326"
                + " \"http://example.com/\" \"Mozilla/4.08\"");
    Event short_ =
        map(mapping, "203.0.113.9 - - [10/Oct/2000:13:55:36 -0700] \"GET /a.gif HTTP/1.0\" 304 -");

    assertThat(event.time(), is(Instant.parse("2000-10-10T20:55:36Z")));
    assertThat(event.tenant(), is("203.0.113.9"));
    assertThat(event.subject(), is("http://example.com/"));
    assertThat(
        new EventView(event, mapping.reader()).at(FieldRef.parse("/status")).textValue(),
        is("200"));
    assertThat(short_.subject() == null, is(true));
    refuses(mapping, "garbage", Reason.MALFORMED, "the text does not match the pattern");
    refuses(mapping, "", Reason.MALFORMED, "the text does not match the pattern");
  }

  @Test
  public void readsCloudEvents() {
    Event event =
        map(
            Mapping.cloudEvents(),
            "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/s\",\"type\":\"t\","
                + "\"time\":\"2018-04-05T17:31:00Z\",\"data\":{\"x\":1}}");

    assertThat(event.id(), is("a"));
    assertThat(event.data().toUtf8(), is("{\"x\":1}"));
    assertThat(event.ingest(), is(Lineage.of(NOW, "file:///a", 3, 7)));
    refuses(
        Mapping.cloudEvents(),
        "{}",
        Reason.MALFORMED,
        "not a CloudEvent: 'specversion' is missing");
  }

  @Test
  public void refusesRecordsThatLackWhatIsNeeded() {
    Mapping mapping = JSON.withTenant("/t").withSource("/s");

    refuses(mapping, "{\"t\":1,\"s\":1}", Reason.MISSING_FIELD, "/time: the time is missing");
    refuses(
        mapping,
        "{\"s\":1,\"time\":\"2015-09-12\"}",
        Reason.MISSING_FIELD,
        "/t: the tenant is missing");
    refuses(
        mapping,
        "{\"t\":null,\"s\":1,\"time\":\"2015-09-12\"}",
        Reason.MISSING_FIELD,
        "/t: the tenant is missing");
    refuses(
        mapping,
        "{\"t\":1,\"time\":\"2015-09-12\"}",
        Reason.MISSING_FIELD,
        "/s: the source is missing");
    refuses(
        Mapping.of(Format.JSON, "/kind", FieldRef.parse("/time")),
        "{\"time\":\"2015-09-12\"}",
        Reason.MISSING_FIELD,
        "/kind: the type is missing");
  }

  @Test
  public void refusesValuesThatCannotBeUsed() {
    Mapping mapping = JSON.withSequence(FieldRef.parse("/n"));

    refuses(
        mapping,
        "{\"time\":\"12.09.2015\"}",
        Reason.INVALID_VALUE,
        "/time: expected a time written as iso");
    for (String number : new String[] {"1.5", "9223372036854775808", "1e300"}) {
      refuses(
          mapping,
          "{\"time\":\"2015-09-12\",\"n\":" + number + "}",
          Reason.INVALID_VALUE,
          "/n: expected an integer of 64 bits for the sequence");
    }
    refuses(
        mapping,
        "{\"time\":\"2015-09-12\",\"n\":\"x\"}",
        Reason.INVALID_VALUE,
        "/n: expected a number, got text");
    assertThat(map(mapping, "{\"time\":\"2015-09-12\",\"n\":4.0}").sequence(), is(4L));
    assertThat(map(mapping, "{\"time\":\"2015-09-12\",\"n\":\" \"}").sequence() == null, is(true));
  }

  @Test
  public void refusesUnreadableRecordsWithTheirProblem() {
    RawRecord record = record("{\"time\":\"20").toBuilder().problem("longer than 10 bytes").build();

    RejectedException refusal = assertThrows(RejectedException.class, () -> map(JSON, record));

    assertThat(refusal.reason(), is(Reason.UNREADABLE));
    assertThat(refusal.detail(), is("longer than 10 bytes"));
  }

  @Test
  public void refusesCsvThatDoesNotFitItsHeader() {
    refuses(
        CSV,
        csv("id,time", "a,2015-09-12,x"),
        Reason.MALFORMED,
        "not CSV: the header has 2 columns, the record 3");
    refuses(
        CSV,
        csv("id,time", "a"),
        Reason.MALFORMED,
        "not CSV: the header has 2 columns, the record 1");
    refuses(
        CSV,
        csv("id,time", "a,\"2015-09-12"),
        Reason.MALFORMED,
        "not CSV: a quote is not closed, or text follows one");
    refuses(
        CSV,
        csv("id,time", "a,2015\nb,2016"),
        Reason.MALFORMED,
        "not CSV: expected a header and one record, got 3 records");
    refuses(
        CSV,
        csv("id,time", ""),
        Reason.MALFORMED,
        "not CSV: expected a header and one record, got 1 records");
    refuses(
        CSV, record("a,2015"), Reason.MALFORMED, "not CSV: the header has 1 columns, the record 2");
  }

  @Test
  public void refusesHostileJson() {
    Mapping mapping = JSON.withId(FieldRef.parse("/id")).withTenant("/t");

    refuses(mapping, "", Reason.MALFORMED, "not JSON: empty");
    refuses(mapping, "{\"time\":", Reason.MALFORMED, "not JSON: it ends too early");
    refuses(
        mapping,
        "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
        Reason.MALFORMED,
        "not JSON: deeper than 500 levels");
    refuses(
        mapping,
        "{\"time\":\"2015-09-12\",\"t\":\"x\",\"id\":\"\\ud800\"}",
        Reason.INVALID_VALUE,
        "/id: half a surrogate pair is not Unicode text");
    refuses(
        mapping,
        "{\"time\":\"2015-09-12\",\"t\":\"x\\udc00\\ud800\",\"id\":1}",
        Reason.INVALID_VALUE,
        "/t: half a surrogate pair is not Unicode text");
    refuses(
        mapping,
        "{\"time\":\"2015-09-12\",\"t\":1e999999999,\"id\":1}",
        Reason.INVALID_VALUE,
        "/t: expected a number of at most 400 digits, got a longer one");
    refuses(
        mapping,
        RawRecord.of(Payload.of(new byte[] {'{', (byte) 0xFF, '}'}), "file:///a", 3, 7),
        Reason.MALFORMED,
        "not UTF-8");
    refuses(mapping, "[]", Reason.MISSING_FIELD, "/t: the tenant is missing");
    refuses(mapping, "7", Reason.MISSING_FIELD, "/t: the tenant is missing");
  }

  @Test
  public void keepsStrangeButValidJson() {
    Mapping mapping = JSON.withId(FieldRef.parse("/id")).withTenant("/t");
    String huge = "x".repeat(1_000_000);

    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"../\\u0000\",\"id\":\"\\u0000\"}").tenant(),
        is("../\0"));
    assertThat(map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"\",\"id\":\"a\"}").tenant(), is(""));
    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"a\",\"t\":\"b\",\"id\":1}").tenant(),
        is("b"));
    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"\\ud83d\\ude00\",\"id\":1}").tenant(),
        is("😀"));
    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"a\",\"id\":\"" + huge + "\"}").id(),
        is(huge));
    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":\"a\",\"id\":1,\"n\":1e999999999}").id(),
        is("1"));
    assertThat(
        map(mapping, "{\"time\":\"2015-09-12\",\"t\":{\"b\":1,\"a\":2.0},\"id\":1.50}").tenant(),
        is("{\"a\":2,\"b\":1}"));
    assertThat(map(mapping, "{\"time\":\"2015-09-12\",\"t\":true,\"id\":1.50}").id(), is("1.5"));
  }

  @Test
  public void refusesTimesThatAreNotPlausible() {
    Mapping mapping = JSON.withPlausibleTimes(PlausibleTimes.defaults());
    String range = "time: expected 1980-01-01T00:00:00Z to 1d after the record was taken, got ";

    assertThat(
        map(mapping, "{\"time\":\"1980-01-01\"}").time(),
        is(Instant.parse("1980-01-01T00:00:00Z")));
    assertThat(
        map(mapping, "{\"time\":\"2026-01-03T03:04:05.678Z\"}").time(),
        is(Instant.parse("2026-01-03T03:04:05.678Z")));
    refuses(
        mapping,
        "{\"time\":\"1979-12-31T23:59:59.999Z\"}",
        Reason.INVALID_VALUE,
        range + "1979-12-31T23:59:59.999Z");
    refuses(
        mapping,
        "{\"time\":\"2026-01-03T03:04:05.679Z\"}",
        Reason.INVALID_VALUE,
        range + "2026-01-03T03:04:05.679Z");
  }

  @Test
  public void refusesCloudEventsWhoseTimesAreNotPlausible() {
    Mapping mapping = Mapping.cloudEvents().withPlausibleTimes(PlausibleTimes.defaults());
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"time\":\"%s\"}";

    assertThat(map(mapping, event.formatted("2026-01-02T00:00:00Z")).id(), is("a"));
    refuses(
        mapping,
        event.formatted("9999-01-01T00:00:00Z"),
        Reason.INVALID_VALUE,
        "time: expected 1980-01-01T00:00:00Z to 1d after the record was taken, got"
            + " 9999-01-01T00:00:00Z");
  }

  @Test
  public void believesEveryTimeByDefault() {
    assertThat(
        map(JSON, "{\"time\":\"0001-01-01\"}").time(), is(Instant.parse("0001-01-01T00:00:00Z")));
    assertThat(
        map(JSON, "{\"time\":\"9999-01-01\"}").time(), is(Instant.parse("9999-01-01T00:00:00Z")));
  }

  @Test
  public void refusesOtherRangesOfPlausibleTimes() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> PlausibleTimes.of(Instant.EPOCH, java.time.Duration.ofSeconds(-1)))
            .getMessage(),
        is("maxAhead: expected 0s to 3660d, got -1s"));
  }

  private static Event map(Mapping mapping, String data) {
    return map(mapping, record(data));
  }

  private static Event map(Mapping mapping, RawRecord record) {
    return new EventMapper(mapping).map(record, NOW);
  }

  private static void refuses(Mapping mapping, String data, Reason reason, String detail) {
    refuses(mapping, record(data), reason, detail);
  }

  private static void refuses(Mapping mapping, RawRecord record, Reason reason, String detail) {
    RejectedException refusal = assertThrows(RejectedException.class, () -> map(mapping, record));

    assertThat(refusal.detail(), is(detail));
    assertThat(refusal.reason(), is(reason));
  }

  private static RawRecord record(String data) {
    return RawRecord.of(Payload.of(data.getBytes(UTF_8)), "file:///a", 3, 7);
  }

  private static RawRecord csv(String header, String data) {
    return record(data).toBuilder().header(header).build();
  }
}
