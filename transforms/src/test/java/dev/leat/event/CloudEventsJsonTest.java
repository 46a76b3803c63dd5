package dev.leat.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import java.time.Instant;
import java.util.List;
import org.junit.Test;

public class CloudEventsJsonTest {
  private static final Event EVENT =
      Event.builder()
          .id("a-1")
          .source("/mycontext")
          .type("com.example.someevent")
          .subject("x")
          .time(Instant.parse("2018-04-05T17:31:00.123456789Z"))
          .tenant("en")
          .sequence(42L)
          .schema(SchemaRef.of("edits", 3))
          .data(Payload.utf8("{\"b\":1.50,\"a\":[null]}"))
          .build();

  @Test
  public void readsExampleWithTextData() {
    // The first example of the JSON format's section 3.2, with its data as XML in a text.
    Event event =
        read(
            "{\"specversion\":\"1.0\",\"type\":\"com.example.someevent\",\"source\":\"/mycontext\","
                + "\"subject\":null,\"id\":\"C234-1234-1234\",\"time\":\"2018-04-05T17:31:00Z\","
                + "\"comexampleextension1\":\"value\",\"comexampleothervalue\":5,"
                + "\"datacontenttype\":\"application/xml\",\"data\":\"<much wow=\\\"xml\\\"/>\"}");

    assertThat(
        event,
        is(
            Event.builder()
                .id("C234-1234-1234")
                .source("/mycontext")
                .type("com.example.someevent")
                .time(Instant.parse("2018-04-05T17:31:00Z"))
                .tenant("default")
                .contentType("application/xml")
                .data(Payload.utf8("<much wow=\"xml\"/>"))
                .build()));
  }

  @Test
  public void readsExampleWithBinaryData() {
    Event event =
        read(
            "{\"specversion\":\"1.0\",\"type\":\"com.example.someevent\",\"source\":\"/mycontext\","
                + "\"id\":\"B234-1234-1234\",\"time\":\"2018-04-05T17:31:00+02:00\","
                + "\"datacontenttype\":\"application/vnd.apache.thrift.binary\","
                + "\"data_base64\":\"AAH/\"}");

    assertThat(event.contentType(), is("application/vnd.apache.thrift.binary"));
    assertThat(event.data(), is(Payload.of(new byte[] {0, 1, (byte) 0xFF})));
    assertThat(event.time(), is(Instant.parse("2018-04-05T15:31:00Z")));
  }

  @Test
  public void readsExampleWithJsonData() {
    Event event =
        read(
            withTime(
                "\"datacontenttype\":\"application/json\","
                    + "\"data\":{\"appinfoA\":\"abc\",\"appinfoB\":123,\"appinfoC\":true}"));

    assertThat(
        event.data().toUtf8(), is("{\"appinfoA\":\"abc\",\"appinfoB\":123,\"appinfoC\":true}"));
  }

  @Test
  public void takesDataForJsonWithoutContentType() {
    assertThat(read(withTime("\"data\":\"text\"")).data().toUtf8(), is("\"text\""));
    assertThat(read(withTime("\"data\":7")).contentType(), is("application/json"));
    assertThat(
        read(withTime("\"datacontenttype\":\"application/cloud+json\",\"data\":\"x\""))
            .data()
            .toUtf8(),
        is("\"x\""));
    assertThat(
        read(withTime("\"datacontenttype\":\"text/plain\",\"data\":\"x\"")).data().toUtf8(),
        is("x"));
    assertThat(
        read(withTime("\"datacontenttype\":\"text/plain\",\"data\":{\"x\":1}")).data().toUtf8(),
        is("{\"x\":1}"));
    assertThat(read(withTime("\"data\":null")).data(), is(Payload.empty()));
    assertThat(read(withTime("\"x\":1")).data(), is(Payload.empty()));
  }

  @Test
  public void takesTenantThenPartitionKeyThenDefault() {
    assertThat(read(withTime("\"tenant\":\"t\",\"partitionkey\":\"p\"")).tenant(), is("t"));
    assertThat(read(withTime("\"partitionkey\":\"p\"")).tenant(), is("p"));
    assertThat(read(withTime("\"x\":1")).tenant(), is("default"));
  }

  @Test
  public void readsSequenceAndSchema() {
    assertThat(read(withTime("\"sequence\":\"007\"")).sequence(), is(7L));
    assertThat(read(withTime("\"sequence\":-7")).sequence(), is(-7L));
    assertThat(read(withTime("\"sequence\":null")).sequence(), is(nullValue()));
    assertThat(
        read(withTime("\"dataschema\":\"my:edits:3\"")).schema(), is(SchemaRef.of("my:edits", 3)));
    assertThat(read(withTime("\"dataschema\":\"edits\"")).schema(), is(nullValue()));
    assertThat(read(withTime("\"dataschema\":\"edits:0\"")).schema(), is(nullValue()));
  }

  @Test
  public void writesStructuredMode() {
    assertThat(
        new String(CloudEventsJson.write(EVENT), UTF_8),
        is(
            "{\"specversion\":\"1.0\",\"id\":\"a-1\",\"source\":\"/mycontext\","
                + "\"type\":\"com.example.someevent\",\"subject\":\"x\","
                + "\"time\":\"2018-04-05T17:31:00.123456789Z\",\"tenant\":\"en\","
                + "\"sequence\":\"42\",\"dataschema\":\"edits:3\","
                + "\"datacontenttype\":\"application/json\",\"data\":{\"b\":1.50,\"a\":[null]}}"));
  }

  @Test
  public void readsWhatItWrote() {
    for (Event event :
        List.of(
            EVENT,
            EVENT.toBuilder().subject(null).sequence(null).schema(null).build(),
            EVENT.toBuilder().data(Payload.empty()).build(),
            EVENT.toBuilder().data(Payload.utf8("not JSON")).build(),
            EVENT.toBuilder().data(Payload.utf8("null")).build(),
            EVENT.toBuilder().data(Payload.utf8("1E+400")).build(),
            EVENT.toBuilder().data(Payload.utf8("\"\\uD800\"")).build(),
            EVENT.toBuilder().data(Payload.utf8("[".repeat(500) + "]".repeat(500))).build(),
            EVENT.toBuilder().contentType("text/csv").data(Payload.utf8("水,\u0000\r\n")).build(),
            EVENT.toBuilder().contentType("text/plain").data(bytes(0xFF, 0xFE)).build(),
            EVENT.toBuilder().contentType("image/png").data(bytes(0x89, 0x50)).build(),
            EVENT.toBuilder().id("\u0000").tenant("../../etc").build())) {
      assertThat(CloudEventsJson.read(CloudEventsJson.write(event)), is(event));
      assertThat(
          CloudEventsJson.readBatch(CloudEventsJson.writeBatch(List.of(event, EVENT))),
          is(List.of(event, EVENT)));
    }
  }

  @Test
  public void readsEmptyBatch() {
    assertThat(CloudEventsJson.readBatch("[]".getBytes(UTF_8)), is(List.of()));
    assertThat(new String(CloudEventsJson.writeBatch(List.of()), UTF_8), is("[]"));
  }

  @Test
  public void refusesWhatIsNoBatch() {
    MalformedPayloadException refusal =
        assertThrows(
            MalformedPayloadException.class,
            () -> CloudEventsJson.readBatch(CloudEventsJson.write(EVENT)));

    assertThat(refusal.getMessage(), is("not a batch of CloudEvents: expected a JSON array"));
  }

  @Test
  public void refusesWhatLacksARequiredAttribute() {
    String whole =
        "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\","
            + "\"time\":\"2018-04-05T17:31:00Z\"}";
    assertThat(read(whole).id(), is("a"));

    for (String name : List.of("specversion", "id", "source", "type", "time")) {
      String expected = "not a CloudEvent: '" + name + "' is missing";
      assertThat(refusal(whole.replace("\"" + name + "\"", "\"other\"")), is(expected));
      for (String value : List.of("\"\"", "null", "1.0", "{}")) {
        String bad = whole.replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + value);
        assertThat(refusal(bad), is(expected));
      }
    }
  }

  @Test
  public void refusesOtherVersions() {
    for (String version : List.of("0.3", "1.1", "1", "2.0")) {
      assertThat(
          refusal(withTime("\"x\":1").replace("\"1.0\"", "\"" + version + "\"")),
          is("not a CloudEvent of version 1.0"));
    }
  }

  @Test
  public void refusesTimesThatAreNone() {
    for (String time : List.of("2018-04-05", "2018-02-30T00:00:00Z", "2018-04-05T17:31:00", "x")) {
      assertThat(refusal(at(time)), is("not a CloudEvent: 'time' is not an RFC 3339 time"));
    }
    for (String time :
        List.of(
            "+999999999-01-01T00:00:00Z",
            "-999999999-01-01T00:00:00Z",
            "+10000-01-01T00:00:00Z",
            "0000-12-31T23:59:59Z",
            "9999-12-31T23:59:59-01:00")) {
      assertThat(refusal(at(time)), is("not a CloudEvent: 'time' is not in the years 1 to 9999"));
    }
    assertThat(read(at("0001-01-01T00:00:00Z")).time(), is(Instant.parse("0001-01-01T00:00:00Z")));
  }

  @Test
  public void refusesHalfSurrogatePairs() {
    String whole = withTime("\"subject\":\"S\",\"tenant\":\"T\",\"datacontenttype\":\"C\"");
    for (String value : List.of("/mycontext", "S", "T", "C")) {
      String name =
          switch (value) {
            case "S" -> "subject";
            case "T" -> "tenant";
            case "C" -> "datacontenttype";
            default -> "source";
          };
      assertThat(
          refusal(whole.replace("\"" + value + "\"", "\"\\uD800\"")),
          is(
              "not a CloudEvent: '"
                  + name
                  + "' has half a surrogate pair, which is not Unicode text"));
    }
    assertThat(
        refusal(withTime("\"datacontenttype\":\"text/plain\",\"data\":\"\\uDC00\"")),
        is("not a CloudEvent: 'data' has half a surrogate pair, which is not Unicode text"));
  }

  @Test
  public void refusesBadAttributes() {
    assertThat(refusal("[]"), is("not a CloudEvent: expected a JSON object"));
    assertThat(refusal("7"), is("not a CloudEvent: expected a JSON object"));
    assertThat(refusal(""), is("not JSON: empty"));
    assertThat(
        refusal(withTime("\"data\":1,\"data_base64\":\"\"")),
        is("not a CloudEvent: it has both data and data_base64"));
    assertThat(
        refusal(withTime("\"data_base64\":\"?\"")),
        is("not a CloudEvent: data_base64 is not base64"));
    for (String sequence : List.of("\"x\"", "1.5", "true", "9223372036854775808", "[]")) {
      assertThat(
          refusal(withTime("\"sequence\":" + sequence)),
          is("not a CloudEvent: 'sequence' is not an integer"));
    }
  }

  @Test
  public void neverQuotesThePayload() {
    String json = withTime("\"datacontenttype\":\"application/json\",\"data\":{\"secret\":oops}");

    assertThat(refusal(json).contains("secret") || refusal(json).contains("oops"), is(false));
  }

  private static String at(String time) {
    return withTime("\"x\":1").replace("2018-04-05T17:31:00Z", time);
  }

  private static String withTime(String more) {
    return "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/mycontext\",\"type\":\"t\","
        + "\"time\":\"2018-04-05T17:31:00Z\","
        + more
        + "}";
  }

  private static Payload bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Payload.of(bytes);
  }

  private static Event read(String json) {
    return CloudEventsJson.read(json.getBytes(UTF_8));
  }

  private static String refusal(String json) {
    return assertThrows(json, MalformedPayloadException.class, () -> read(json)).getMessage();
  }
}
