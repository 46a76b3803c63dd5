package dev.leat.expression;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.Payload;
import dev.leat.field.EventView;
import dev.leat.field.PayloadReader;
import java.time.Instant;
import java.util.Set;
import org.junit.Test;

public class ExpressionTest {
  private static final Event EVENT =
      Event.builder()
          .id("a")
          .source("s")
          .type("wiki.edit")
          .time(Instant.parse("2015-09-12T13:00:00Z"))
          .tenant("en")
          .data(
              Payload.utf8(
                  "{\"delta\":1500,\"ratio\":2.5,\"isRobot\":false,\"none\":null,\"user\":{\"name\":\"Ann\"},\"tags\":[\"x\",\"y\"]}"))
          .derived("big", Json.parse("true"))
          .build();

  @Test
  public void readsThePayload() {
    assertThat(value("!data.isRobot"), is("true"));
    assertThat(value("data.delta > 1000"), is("true"));
    assertThat(value("data.delta > 1500.5"), is("false"));
    assertThat(value("data.ratio * 2.0"), is("5.0"));
    assertThat(value("data.user.name + \"!\""), is("\"Ann!\""));
    assertThat(value("data.tags[1]"), is("\"y\""));
    assertThat(value("\"x\" in data.tags"), is("true"));
    assertThat(value("data.tags.exists(t, t == \"y\")"), is("true"));
    assertThat(value("data.user"), is("{\"name\":\"Ann\"}"));
  }

  @Test
  public void tellsMissingFromNull() {
    assertThat(value("has(data.delta)"), is("true"));
    assertThat(value("has(data.other)"), is("false"));
    assertThat(value("data.none == null"), is("true"));
    assertThat(value("data.delta == null"), is("false"));
  }

  @Test
  public void readsEnvelopeAndDerivedFields() {
    assertThat(value("tenant + type"), is("\"enwiki.edit\""));
    assertThat(value("time < timestamp(\"2015-09-12T14:00:00Z\")"), is("true"));
    assertThat(value("time.getHours()"), is("13"));
    assertThat(value("subject == null"), is("true"));
    assertThat(value("big ? 1 : 0"), is("1"));
    assertThat(value("string(time)"), is("\"2015-09-12T13:00:00Z\""));
  }

  @Test
  public void readsNumbersInCsvUnlessTheyHaveLeadingZeros() {
    Event csv =
        EVENT.toBuilder()
            .contentType(PayloadReader.CSV_WITH_HEADER)
            .data(Payload.utf8("delay,zip\r\n12,00123"))
            .build();

    assertThat(value(csv, "data.delay + 1"), is("13"));
    assertThat(value(csv, "data.zip"), is("\"00123\""));
  }

  @Test
  public void refusesAnEventThatLacksAField() {
    RejectedException e = assertThrows(RejectedException.class, () -> value("data.other > 3"));

    assertThat(e.reason(), is(Reason.EXPRESSION));
    assertThat(e.detail(), containsString("other"));
  }

  @Test
  public void refusesAConditionThatIsNotTrueOrFalse() {
    RejectedException e =
        assertThrows(
            RejectedException.class,
            () -> Expression.compile("data.delta", Set.of()).test(view(EVENT)));

    assertThat(e.detail(), is("'data.delta': expected true or false, got another value"));
  }

  @Test
  public void refusesWhatIsNoExpressionWithItsPlace() {
    IllegalArgumentException bad =
        assertThrows(
            IllegalArgumentException.class, () -> Expression.compile("data.x >", Set.of()));
    IllegalArgumentException unknown =
        assertThrows(
            IllegalArgumentException.class, () -> Expression.compile("1 == dta.x", Set.of()));

    assertThat(bad.getMessage(), containsString("at character 9"));
    assertThat(
        unknown.getMessage(), containsString("at character 6: undeclared reference to 'dta'"));
  }

  private static String value(String expression) {
    return value(EVENT, expression);
  }

  private static String value(Event event, String expression) {
    return new String(
        Json.write(Expression.compile(expression, Set.of("big")).evaluate(view(event))),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  private static EventView view(Event event) {
    return new EventView(event, PayloadReader.plain());
  }
}
