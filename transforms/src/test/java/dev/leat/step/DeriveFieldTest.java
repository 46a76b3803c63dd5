package dev.leat.step;

import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Json;
import dev.leat.expression.Expression;
import dev.leat.field.FieldRef;
import dev.leat.testing.fixtures.Equivalence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.Rule;
import org.junit.Test;

public class DeriveFieldTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void addsTheValueOrRefusesTheEvent() {
    Event good = event("a", 0, "{\"delta\":1500}");
    Event bad = event("b", 0, "{}");

    Outcome<Event> outcome =
        pipeline.apply(Create.of(good, bad)).apply(DeriveField.named("twice").as("data.delta * 2"));

    PAssert.that(outcome.output())
        .containsInAnyOrder(good.toBuilder().derived("twice", Json.parse("3000")).build());
    PAssert.that(told(outcome.deadLetters()))
        .containsInAnyOrder(
            "expression|'data.delta * 2': key 'delta' is not present in map.|let twice|{}|"
                + "file:///a 3:7");
    assertThat(Counted.in(pipeline.run()), is(Map.of("dead_letters", 1L)));
  }

  @Test
  public void namesFieldsDerivedBefore() {
    Event event = event("a", 0, "{\"delta\":1500}");

    PCollection<Event> derived =
        pipeline
            .apply(Create.of(event))
            .apply("Big", DeriveField.named("big").as("data.delta > 1000"))
            .output()
            .apply(
                "Size",
                DeriveField.named("size")
                    .as(Expression.compile("big ? 'big' : 'small'", Set.of("big"))))
            .output()
            .apply(
                "Big again", DeriveField.named("big").as(Expression.compile("!big", Set.of("big"))))
            .output();

    PAssert.that(derived)
        .containsInAnyOrder(
            event.toBuilder()
                .derived("big", Json.parse("false"))
                .derived("size", Json.parse("\"big\""))
                .build());
    pipeline.run();
  }

  @Test
  public void refusesValuesThatAreTooDeepToKeep() {
    String deepest = "[".repeat(500) + "]".repeat(500);

    Outcome<Event> outcome =
        pipeline
            .apply(Create.of(event("a", 0, deepest)))
            .apply(DeriveField.named("copy").as("data"));

    PAssert.that(outcome.output()).empty();
    PAssert.that(told(outcome.deadLetters()))
        .containsInAnyOrder(
            "invalid-value|copy: expected a value of fewer than 500 levels|let copy|"
                + deepest
                + "|file:///a 3:7");
    pipeline.run();
  }

  @Test
  public void refusesNamesThatAreTakenOrNone() {
    List<String> names = new ArrayList<>(FieldRef.ENVELOPE);
    names.addAll(List.of("data", "", "a.b", "/x", "a b"));
    for (String name : names) {
      assertThat(
          assertThrows(name, IllegalArgumentException.class, () -> DeriveField.named(name))
              .getMessage(),
          is("expected a name of letters, digits and _ that no field has yet, got '" + name + "'"));
    }
  }

  @Test
  public void givesTheSameInAnyOrderOfArrival() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(event("e" + i, i, "{\"delta\":" + 100 * i + "}"));
    }

    Equivalence.of(stamped(events), EventCoder.of())
        .arrivals(Seeds.orElse(5))
        .through(new Derived())
        .check();
  }

  private static final class Derived extends PTransform<PCollection<Event>, PCollection<Event>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<Event> expand(PCollection<Event> events) {
      return events.apply(DeriveField.named("ratio").as("double(data.delta) / 3.0")).output();
    }
  }
}
