package dev.leat.testing.kit;

import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import java.time.Instant;
import java.util.function.Function;
import org.hamcrest.Description;
import org.hamcrest.FeatureMatcher;
import org.hamcrest.Matcher;
import org.hamcrest.Matchers;
import org.hamcrest.TypeSafeDiagnosingMatcher;

/**
 * What is expected of events.
 *
 * <pre>{@code
 * assertThat(events, contains(event(withId("a"), hasField("/delta", 3)), event(withId("b"))));
 * }</pre>
 */
public final class EventMatchers {
  private EventMatchers() {}

  /** An event that all of {@code matchers} match. */
  @SafeVarargs
  public static Matcher<Event> event(Matcher<? super Event>... matchers) {
    return Matchers.allOf(matchers);
  }

  public static Matcher<Event> withId(String id) {
    return feature("id", Event::id, id);
  }

  public static Matcher<Event> withSource(String source) {
    return feature("source", Event::source, source);
  }

  public static Matcher<Event> withType(String type) {
    return feature("type", Event::type, type);
  }

  public static Matcher<Event> withTenant(String tenant) {
    return feature("tenant", Event::tenant, tenant);
  }

  public static Matcher<Event> withTime(Instant time) {
    return feature("time", Event::time, time);
  }

  /**
   * A JSON payload with this value at {@code pointer} (RFC 6901, such as {@code /delta}): numbers
   * are equal whatever they are written as, so 3 and 3.0 are.
   *
   * @param value a text, number, boolean, or {@link JsonNode}
   */
  public static Matcher<Event> hasField(String pointer, Object value) {
    JsonPointer compiled = JsonPointer.compile(pointer);
    return new HasValue("payload field " + pointer, event -> payload(event, compiled), value);
  }

  /**
   * A derived field of this name and value.
   *
   * @param value as for {@link #hasField}
   */
  public static Matcher<Event> hasDerived(String name, Object value) {
    return new HasValue("derived field " + name, event -> event.derived().path(name), value);
  }

  private static JsonNode payload(Event event, JsonPointer pointer) {
    try {
      return Json.parse(event.data().toByteArray()).at(pointer);
    } catch (MalformedPayloadException e) {
      return Json.object().path("no JSON, no field");
    }
  }

  private static <V> Matcher<Event> feature(String name, Function<Event, V> feature, V value) {
    return new FeatureMatcher<>(equalTo(value), "an event with " + name, name) {
      @Override
      protected V featureValueOf(Event event) {
        return feature.apply(event);
      }
    };
  }

  private static final class HasValue extends TypeSafeDiagnosingMatcher<Event> {
    private final String name;
    private final Function<Event, JsonNode> field;
    private final JsonNode expected;

    HasValue(String name, Function<Event, JsonNode> field, Object expected) {
      this.name = name;
      this.field = field;
      this.expected = JsonValues.of(expected);
    }

    @Override
    protected boolean matchesSafely(Event event, Description mismatch) {
      JsonNode actual = field.apply(event);
      mismatch
          .appendText(name)
          .appendText(actual.isMissingNode() ? " is missing" : " is " + actual);
      return JsonValues.equal(actual, expected);
    }

    @Override
    public void describeTo(Description description) {
      description.appendText("an event with " + name + " " + expected);
    }
  }
}
