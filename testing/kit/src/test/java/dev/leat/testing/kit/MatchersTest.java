package dev.leat.testing.kit;

import static dev.leat.testing.kit.DeadLetterMatchers.at;
import static dev.leat.testing.kit.DeadLetterMatchers.deadLetter;
import static dev.leat.testing.kit.DeadLetterMatchers.fromStep;
import static dev.leat.testing.kit.DeadLetterMatchers.holding;
import static dev.leat.testing.kit.DeadLetterMatchers.withDetail;
import static dev.leat.testing.kit.EventMatchers.event;
import static dev.leat.testing.kit.EventMatchers.hasDerived;
import static dev.leat.testing.kit.EventMatchers.hasField;
import static dev.leat.testing.kit.EventMatchers.withId;
import static dev.leat.testing.kit.EventMatchers.withSource;
import static dev.leat.testing.kit.EventMatchers.withTenant;
import static dev.leat.testing.kit.EventMatchers.withTime;
import static dev.leat.testing.kit.EventMatchers.withType;
import static dev.leat.testing.kit.RowMatchers.field;
import static dev.leat.testing.kit.RowMatchers.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.Reason;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import java.math.BigDecimal;
import java.time.Instant;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.hamcrest.Matcher;
import org.hamcrest.StringDescription;
import org.junit.Test;

public class MatchersTest {
  private static final Event EVENT =
      Event.builder()
          .id("a")
          .source("wiki")
          .type("edit")
          .tenant("en")
          .time(Instant.EPOCH)
          .data(Payload.utf8("{\"delta\":3,\"by\":{\"name\":\"Ann\"},\"list\":[1.50,null]}"))
          .derived("country", TextNode.valueOf("Chad"))
          .build();

  private static final DeadLetter LETTER =
      DeadLetter.of(
          Payload.utf8("{"),
          Reason.MALFORMED,
          "not JSON: it ends too early",
          "Parse",
          Lineage.of(Instant.EPOCH, "file:///a.jsonl", 0, 7));

  private static final Row ROW =
      Row.withSchema(Schema.builder().addNullableStringField("page").addInt64Field("edits").build())
          .addValues(null, 3L)
          .build();

  @Test
  public void matchesEachFieldOfEvent() {
    assertThat(
        EVENT,
        event(
            withId("a"),
            withSource("wiki"),
            withType("edit"),
            withTenant("en"),
            withTime(Instant.EPOCH),
            hasDerived("country", "Chad")));
    assertThat(
        mismatch(withId("b"), EVENT), equalTo("expected an event with id \"b\", got id was \"a\""));
    assertMismatch(event(withId("a"), withSource("x")), EVENT);
    assertMismatch(withSource("x"), EVENT);
    assertMismatch(withType("x"), EVENT);
    assertMismatch(withTenant("x"), EVENT);
    assertMismatch(withTime(Instant.EPOCH.plusNanos(1)), EVENT);
    assertMismatch(hasDerived("country", "Peru"), EVENT);
    assertMismatch(hasDerived("planet", "Earth"), EVENT);
  }

  @Test
  public void matchesFieldsOfPayload() {
    assertThat(
        EVENT,
        event(
            hasField("/delta", 3),
            hasField("/delta", 3L),
            hasField("/delta", new BigDecimal("3.00")),
            hasField("/by/name", "Ann"),
            hasField("/by", Json.parse("{\"name\":\"Ann\"}")),
            hasField("/list/0", 1.5),
            hasField("/list/1", Json.parse("null"))));

    assertThat(
        mismatch(hasField("/delta", 4), EVENT),
        equalTo("expected an event with payload field /delta 4, got payload field /delta is 3"));
    assertThat(
        mismatch(hasField("/delta", "3"), EVENT),
        equalTo(
            "expected an event with payload field /delta \"3\", got payload field /delta is 3"));
    assertThat(mismatch(hasField("/none", "null"), EVENT), containsString("/none is missing"));
    assertThat(
        mismatch(hasField("/delta", 3), EVENT.toBuilder().data(Payload.utf8("delta=3")).build()),
        containsString("/delta is missing"));
    assertThrows(IllegalArgumentException.class, () -> hasField("/delta", new Object()));
  }

  @Test
  public void matchesDeadLetter() {
    assertThat(
        LETTER,
        deadLetter(
            Reason.MALFORMED,
            holding("{"),
            withDetail(containsString("ends too early")),
            fromStep("Parse"),
            at("file:///a.jsonl", 7)));
    assertThat(LETTER, deadLetter(Reason.MALFORMED));

    assertMismatch(deadLetter(Reason.UNREADABLE), LETTER);
    assertMismatch(deadLetter(Reason.MALFORMED, holding("}")), LETTER);
    assertMismatch(deadLetter(Reason.MALFORMED, withDetail(equalTo("x"))), LETTER);
    assertMismatch(deadLetter(Reason.MALFORMED, fromStep("x")), LETTER);
    assertThat(
        mismatch(at("file:///a.jsonl", 8), LETTER),
        equalTo(
            "expected a dead letter with place \"file:///a.jsonl 8\","
                + " got place was \"file:///a.jsonl 7\""));
    assertMismatch(
        at("file:///a.jsonl", 7),
        DeadLetter.of(Payload.empty(), Reason.MALFORMED, "", "Parse", null));
  }

  @Test
  public void matchesNamedFieldsOfRow() {
    assertThat(ROW, row(field("edits", 3L), field("page", nullValue())));
    assertThat(ROW, row(field("edits", greaterThan(2L))));
    assertThat(ROW, row(field("page", (Object) null)));

    assertThat(
        mismatch(row(field("page", nullValue()), field("edits", 4L)), ROW),
        equalTo("expected a row with page null, edits <4L>, got field edits was <3L>"));
    assertMismatch(row(field("edits", 3)), ROW);
    assertThat(
        mismatch(row(field("users", 3L)), ROW),
        containsString("has only the fields <[page, edits]>"));
  }

  private static <T> void assertMismatch(Matcher<T> matcher, T value) {
    assertThat(matcher.toString(), matcher.matches(value), equalTo(false));
  }

  private static <T> String mismatch(Matcher<T> matcher, T value) {
    assertMismatch(matcher, value);
    StringDescription mismatch = new StringDescription();
    matcher.describeMismatch(value, mismatch);
    return "expected " + StringDescription.toString(matcher) + ", got " + mismatch;
  }
}
