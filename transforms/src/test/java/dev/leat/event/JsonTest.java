package dev.leat.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.Test;

public class JsonTest {
  @Test
  public void readsNumbersExactly() {
    assertThat(Json.parse("0.1").decimalValue(), is(new BigDecimal("0.1")));
    assertThat(Json.parse("1.10").decimalValue(), is(new BigDecimal("1.10")));
    assertThat(
        Json.parse("12345678901234567890.123456789").decimalValue(),
        is(new BigDecimal("12345678901234567890.123456789")));
    assertThat(
        Json.parse("123456789012345678901234567890").bigIntegerValue(),
        is(new BigInteger("123456789012345678901234567890")));
  }

  @Test
  public void readsNumbersBeyondDoublesExactly() {
    for (String number : new String[] {"1E+400", "-1E+999", "1E+999999999", "1E-999999999"}) {
      JsonNode node = Json.parse(number);

      assertThat(number, node.decimalValue(), is(new BigDecimal(number)));
      assertThat(text(Json.write(node)), is(number));
      assertThat(text(Json.writeCanonical(node)), is(number));
      assertThat(text(Json.write(Json.normal(node))), is(number));
    }
  }

  @Test
  public void takesLastOfDuplicateNames() {
    assertThat(text(Json.write(Json.parse("{\"a\":1,\"b\":2,\"a\":3}"))), is("{\"a\":3,\"b\":2}"));
  }

  @Test
  public void writesCanonicallyWithNamesInOrderAndNoTrailingZeros() {
    JsonNode node = Json.parse("{\"b\":{\"d\":1.50,\"c\":[{\"z\":1,\"y\":2.0}]},\"a\":null}");

    assertThat(
        text(Json.writeCanonical(node)),
        is("{\"a\":null,\"b\":{\"c\":[{\"y\":2,\"z\":1}],\"d\":1.5}}"));
  }

  @Test
  public void readsDeepestAllowedNesting() {
    assertThat(Json.parse("[".repeat(500) + "]".repeat(500)).isArray(), is(true));
  }

  @Test
  public void refusesDeeperNesting() {
    assertThat(refusal("[".repeat(501) + "]".repeat(501)), is("not JSON: deeper than 500 levels"));
    assertThat(
        refusal("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)),
        is("not JSON: deeper than 500 levels"));
    assertThat(refusal("[".repeat(100_000)), is("not JSON: deeper than 500 levels"));
  }

  @Test
  public void refusesWhatIsNotOneDocument() {
    assertThat(refusal(""), is("not JSON: empty"));
    assertThat(refusal("  \n"), is("not JSON: empty"));
    assertThat(refusal("{\"a\":1"), is("not JSON: it ends too early"));
    for (String json :
        new String[] {
          "{} {}",
          "{} x",
          "{'a':1}",
          "[1,]",
          "NaN",
          "[01]",
          "\"a\u0000b\"",
          "1E+99999999999",
          "\u0000"
        }) {
      assertThat(
          json, refusal(json), matchesPattern("not JSON: unexpected content near character \\d+"));
    }
    assertThat(refusal("{\"a\": x}"), is("not JSON: unexpected content near character 8"));
  }

  @Test
  public void refusesWhatIsNotUtf8() {
    for (byte[] bytes :
        new byte[][] {
          {'"', (byte) 0xFF, '"'},
          {'"', (byte) 0xC3, '"'},
          {'"', (byte) 0xC0, (byte) 0x80, '"'},
          {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'}
        }) {
      MalformedPayloadException refusal =
          assertThrows(MalformedPayloadException.class, () -> Json.parse(bytes));

      assertThat(refusal.getMessage(), is("not UTF-8"));
    }
  }

  @Test
  public void keepsTypesOfNormalNumbersThroughWritingAndReading() {
    for (String number :
        new String[] {"1", "1.0", "100.0", "2147483648", "1E+30", "0.10", "-0.0"}) {
      JsonNode normal = Json.normal(Json.parse(number));

      assertThat(number, Json.parse(Json.write(normal)), is(normal));
    }
  }

  private static String refusal(String json) {
    return assertThrows(
            json, MalformedPayloadException.class, () -> Json.parse(json.getBytes(UTF_8)))
        .getMessage();
  }

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }
}
