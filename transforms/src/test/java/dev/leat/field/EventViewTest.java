package dev.leat.field;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Json;
import dev.leat.event.SchemaRef;
import org.apache.beam.sdk.util.CoderUtils;
import org.junit.Test;

public class EventViewTest {
  private static final Event EVENT =
      event("a", 0, "{\"x\":{\"y\":[10,20]}}").toBuilder()
          .sequence(5L)
          .schema(SchemaRef.of("edits", 3))
          .derived("country", Json.parse("{\"name\":\"Italy\",\"iso\":{\"two\":\"IT\"}}"))
          .build();

  @Test
  public void looksIntoThePayload() {
    assertThat(at(EVENT, "/x/y/1"), is("20"));
    assertThat(at(EVENT, "/x/z"), is(""));
    assertThat(at(EVENT, "/x/y/2"), is(""));
  }

  @Test
  public void looksAtTheEnvelope() {
    assertThat(at(EVENT, "id"), is("\"a\""));
    assertThat(at(EVENT, "source"), is("\"wiki\""));
    assertThat(at(EVENT, "type"), is("\"edit\""));
    assertThat(at(EVENT, "subject"), is(""));
    assertThat(at(EVENT, "time"), is("\"2015-09-12T13:00:00Z\""));
    assertThat(at(EVENT, "tenant"), is("\"en\""));
    assertThat(at(EVENT, "sequence"), is("5"));
    assertThat(at(EVENT, "schema"), is("\"edits:3\""));
    assertThat(at(EVENT, "contentType"), is("\"application/json\""));
  }

  @Test
  public void looksIntoDerivedFields() {
    assertThat(at(EVENT, "country.name"), is("\"Italy\""));
    assertThat(at(EVENT, "country.iso.two"), is("\"IT\""));
    assertThat(at(EVENT, "country.nme"), is(""));
    assertThat(at(EVENT, "other.name"), is(""));
  }

  @Test
  public void refusesMalformedPayloadsOnlyWhereTheyAreNeeded() {
    Event bad = event("a", 0, "{");

    assertThat(at(bad, "tenant"), is("\"en\""));
    RejectedException refusal = assertThrows(RejectedException.class, () -> at(bad, "/x"));
    assertThat(refusal.reason(), is(Reason.MALFORMED));
    assertThat(refusal.detail(), is("not JSON: it ends too early"));
  }

  @Test
  public void derivesValuesThatCanBeReadAgain() throws Exception {
    EventView view = new EventView(EVENT, PayloadReader.plain());

    view.derive("deep", Json.parse("[".repeat(499) + "]".repeat(499)));

    byte[] encoded = CoderUtils.encodeToByteArray(EventCoder.of(), view.event());
    assertThat(CoderUtils.decodeFromByteArray(EventCoder.of(), encoded), is(view.event()));
  }

  @Test
  public void refusesToDeriveValuesThatCouldNotBeReadAgain() {
    EventView view = new EventView(EVENT, PayloadReader.plain());

    RejectedException refusal =
        assertThrows(
            RejectedException.class,
            () -> view.derive("deep", Json.parse("[".repeat(500) + "]".repeat(500))));

    assertThat(refusal.reason(), is(Reason.INVALID_VALUE));
    assertThat(refusal.detail(), is("deep: expected a value of fewer than 500 levels"));
  }

  private static String at(Event event, String field) {
    return new EventView(event, PayloadReader.plain()).at(FieldRef.parse(field)).toString();
  }
}
