package dev.leat.field;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import dev.leat.event.Payload;
import java.util.regex.Pattern;
import org.junit.Test;

public class PayloadReaderTest {
  private static final PayloadReader PLAIN = PayloadReader.plain();

  @Test
  public void readsJsonOfAnyJsonType() {
    for (String type :
        new String[] {
          "application/json", "Application/JSON; charset=utf-8", "application/a+json"
        }) {
      assertThat(read(PLAIN, type, "{\"a\":1}"), is(Json.parse("{\"a\":1}")));
    }
  }

  @Test
  public void readsCsvByColumn() {
    assertThat(
        read(PLAIN, "text/csv", "a,b\r\n1,\"x,\"\"y\"\"\nz\""),
        is(Json.parse("{\"a\":\"1\",\"b\":\"x,\\\"y\\\"\\nz\"}")));
    assertThat(read(PLAIN, "text/csv", "a,b\n,"), is(Json.parse("{\"a\":\"\",\"b\":\"\"}")));
    assertThat(
        read(PLAIN, "text/csv; header=absent", "1,,x"), is(Json.parse("[\"1\",\"\",\"x\"]")));
  }

  @Test
  public void readsTextByTheGroupsOfThePattern() {
    PayloadReader reader =
        PayloadReader.matching(Pattern.compile("(?<a>\\w+)( (?<b>\\w+))?", Pattern.DOTALL));

    assertThat(read(reader, "text/plain", "x y"), is(Json.parse("{\"a\":\"x\",\"b\":\"y\"}")));
    assertThat(read(reader, "text/plain", "x"), is(Json.parse("{\"a\":\"x\"}")));
    assertThat(
        refusal(reader, "text/plain", Payload.utf8("x y ")),
        is("the text does not match the pattern"));
  }

  @Test
  public void readsTextWithoutPatternAsOneText() {
    assertThat(read(PLAIN, "text/plain", "x y"), is(Json.parse("\"x y\"")));
  }

  @Test
  public void survivesPatternsThatRecurseOnLongLines() {
    PayloadReader reader = PayloadReader.matching(Pattern.compile("(?<a>(x|y)*)"));

    assertThat(
        refusal(reader, "text/plain", Payload.utf8("xy".repeat(1_000_000))),
        is("the text is too long for the pattern"));
  }

  @Test
  public void refusesBytesThatAreNotUtf8() {
    Payload bytes = Payload.of(new byte[] {'a', (byte) 0xFF});

    assertThat(refusal(PLAIN, "text/plain", bytes), is("not UTF-8"));
    assertThat(refusal(PLAIN, "text/csv", bytes), is("not UTF-8"));
    assertThat(refusal(PLAIN, "application/json", bytes), is("not UTF-8"));
  }

  @Test
  public void refusesOtherTypes() {
    assertThat(
        refusal(PLAIN, "image/png", Payload.utf8("{}")),
        is("content type 'image/png' cannot be read by fields"));
    assertThat(
        refusal(PLAIN, "", Payload.utf8("{}")), is("content type '' cannot be read by fields"));
  }

  @Test
  public void refusesPatternsWithoutNamedGroups() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> PayloadReader.matching(Pattern.compile("(a)")));

    assertThat(
        refusal.getMessage(),
        is("expected named groups such as (?<host>[^ ]+), got none in '(a)'"));
  }

  private static JsonNode read(PayloadReader reader, String type, String data) {
    return reader.read(type, Payload.utf8(data));
  }

  private static String refusal(PayloadReader reader, String type, Payload data) {
    return assertThrows(MalformedPayloadException.class, () -> reader.read(type, data))
        .getMessage();
  }
}
