package dev.leat.field;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Json;
import java.math.BigDecimal;
import org.junit.Test;

public class ValuesTest {
  private static final FieldRef FIELD = FieldRef.parse("/x");

  @Test
  public void readsNumbersExactly() {
    assertThat(number("0.1"), is(new BigDecimal("0.1")));
    assertThat(number("-12"), is(new BigDecimal("-12")));
    assertThat(number("1e3"), is(new BigDecimal("1E+3")));
    assertThat(number("\"0.10\""), is(new BigDecimal("0.10")));
    assertThat(number("\" +7 \""), is(new BigDecimal("7")));
    assertThat(number("\".5\""), is(new BigDecimal("0.5")));
    assertThat(number("\"5.\""), is(new BigDecimal("5")));
    assertThat(number("\"007\""), is(new BigDecimal("7")));
    assertThat(
        number("123456789012345678901234567890"),
        is(new BigDecimal("123456789012345678901234567890")));
  }

  @Test
  public void takesMissingNullAndBlankAsNoNumber() {
    assertThat(Values.number(MissingNode.getInstance(), FIELD), is(nullValue()));
    assertThat(number("null"), is(nullValue()));
    assertThat(number("\"\""), is(nullValue()));
    assertThat(number("\" \\t\""), is(nullValue()));
  }

  @Test
  public void refusesWhatIsNoNumber() {
    for (String json :
        new String[] {"\"x\"", "\"1,5\"", "\"1 000\"", "\"0x10\"", "\"NaN\"", "\"1e\""}) {
      assertThat(refusal(json), is("/x: expected a number, got text"));
    }
    assertThat(refusal("true"), is("/x: expected a number, got a boolean"));
    assertThat(refusal("[1]"), is("/x: expected a number, got an array"));
    assertThat(refusal("{}"), is("/x: expected a number, got an object"));
    assertThat(refusal("\"" + "1".repeat(10_000) + "\""), is("/x: expected a number, got text"));
    assertThat(refusal("\"1e9999999999\""), is("/x: expected a number, got text"));
  }

  @Test
  public void refusesNumbersOfMoreThan400Digits() {
    String longest = "9".repeat(400);
    assertThat(number(longest), is(new BigDecimal(longest)));
    assertThat(number("1e399"), is(new BigDecimal("1E+399")));
    assertThat(number("1e-400"), is(new BigDecimal("1E-400")));

    for (String json :
        new String[] {
          longest + "9",
          "1e400",
          "1e-401",
          "1e999999999",
          "-1e999999999",
          "\"1e999999999\"",
          "1e-999999999"
        }) {
      assertThat(
          refusal(json), is("/x: expected a number of at most 400 digits, got a longer one"));
    }
  }

  @Test
  public void readsEqualValuesAsEqualTexts() {
    assertThat(text("\"a\""), is("a"));
    assertThat(text("\"\""), is(""));
    assertThat(text("1"), is("1"));
    assertThat(text("1.0"), is("1"));
    assertThat(text("1e2"), is("100"));
    assertThat(text("100.00"), is("100"));
    assertThat(text("-0.0"), is("0"));
    assertThat(text("0.10"), is("0.1"));
    assertThat(text("true"), is("true"));
    assertThat(text("{\"b\":[1.0],\"a\":2}"), is("{\"a\":2,\"b\":[1]}"));
    assertThat(text("null"), is(nullValue()));
    assertThat(Values.text(MissingNode.getInstance(), FIELD), is(nullValue()));
  }

  @Test
  public void refusesTextsThatUtf8CannotHold() {
    for (String half :
        new String[] {"\ud800", "a\udc00", "\udc00\ud800", "\ud800a", "\ud800\ud800"}) {
      RejectedException refusal =
          assertThrows(RejectedException.class, () -> Values.text(TextNode.valueOf(half), FIELD));

      assertThat(refusal.reason(), is(Reason.INVALID_VALUE));
      assertThat(refusal.detail(), is("/x: half a surrogate pair is not Unicode text"));
    }
    assertThat(text("\"\\ud83d\\ude00\""), is("😀"));
  }

  @Test
  public void tellsCellsThatAreWrittenAsJsonNumbers() {
    for (String text : new String[] {"0", "-1", "1.50", "1e5", "10"}) {
      assertThat(text, Values.looksLikeJsonNumber(text), is(true));
    }
    for (String text :
        new String[] {"", "007", "+1", ".5", "5.", "1e", "NaN", " 1", "1".repeat(401)}) {
      assertThat(text, Values.looksLikeJsonNumber(text), is(false));
    }
  }

  private static BigDecimal number(String json) {
    return Values.number(Json.parse(json), FIELD);
  }

  private static String text(String json) {
    return Values.text(Json.parse(json), FIELD);
  }

  private static String refusal(String json) {
    RejectedException refusal = assertThrows(json, RejectedException.class, () -> number(json));
    assertThat(refusal.reason(), is(Reason.INVALID_VALUE));
    return refusal.detail();
  }
}
