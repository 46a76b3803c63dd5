package dev.leat.step;

import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Payload;
import dev.leat.expression.Expression;
import dev.leat.field.PayloadReader;
import dev.leat.testing.fixtures.Equivalence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class FilterEventsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Event BIG = event("big", 0, "{\"delta\":1500}");
  private static final Event SMALL = event("small", 1, "{\"delta\":10}");
  private static final Event LACKING = event("lacking", 2, "{}");
  private static final Event TEXT = event("text", 3, "{\"delta\":\"x\"}");
  private static final Event MALFORMED = event("malformed", 4, "{\"delta\":");
  private static final List<Event> EVENTS = List.of(BIG, SMALL, LACKING, TEXT, MALFORMED);

  private static final String[] DEAD_LETTERS = {
    "expression|'data.delta > 1000': key 'delta' is not present in map.|filter|{}|file:///a 3:7",
    "expression|'data.delta > 1000': No matching overload for function '_>_'. Overload candidates: "
        + "greater_int64,greater_uint64_int64,greater_double_int64|filter|{\"delta\":\"x\"}|file:///a 3:7",
    "malformed|not JSON: it ends too early|filter|{\"delta\":|file:///a 3:7"
  };

  @Test
  public void keepsDropsOrRefusesEachEvent() {
    Outcome<Event> outcome =
        pipeline.apply(Create.of(EVENTS)).apply(FilterEvents.where("data.delta > 1000"));

    PAssert.that(outcome.output()).containsInAnyOrder(BIG);
    PAssert.that(told(outcome.deadLetters())).containsInAnyOrder(DEAD_LETTERS);
    assertThat(Counted.in(pipeline.run()), is(Map.of("filtered", 1L, "dead_letters", 3L)));
  }

  @Test
  public void doesTheSameOnBlocks() {
    Outcome<EventBlock> outcome =
        pipeline
            .apply(Create.of(EventBlock.of(EVENTS), EventBlock.of(List.of(SMALL))))
            .apply(
                EventSteps.onBlocks(
                    "filter",
                    PayloadReader.plain(),
                    List.of(
                        FilterEvents.function(Expression.compile("data.delta > 1000", Set.of())))));

    // A block of which nothing is kept is no block.
    PAssert.that(outcome.output()).containsInAnyOrder(EventBlock.of(List.of(BIG)));
    PAssert.that(told(outcome.deadLetters())).containsInAnyOrder(DEAD_LETTERS);
    assertThat(Counted.in(pipeline.run()), is(Map.of("filtered", 2L, "dead_letters", 3L)));
  }

  @Test
  public void stopsAtTheFirstFunctionThatDropsOrRefuses() {
    EventFunction drop = view -> false;
    EventFunction mustNotRun =
        view -> {
          throw new IllegalStateException("ran after the event was dropped");
        };

    Outcome<Event> outcome =
        pipeline
            .apply(Create.of(BIG))
            .apply(EventSteps.onEvents("steps", PayloadReader.plain(), List.of(drop, mustNotRun)));

    PAssert.that(outcome.output()).empty();
    PAssert.that(outcome.deadLetters()).empty();
    pipeline.run();
  }

  @Test
  public void readsTextLinesByTheirPattern() {
    Event line = BIG.toBuilder().contentType("text/plain").data(Payload.utf8("GET 404")).build();
    PayloadReader reader =
        PayloadReader.matching(Pattern.compile("(?<method>\\w+) (?<status>\\d+)"));

    Outcome<Event> outcome =
        pipeline
            .apply(Create.of(line))
            .apply(FilterEvents.where("data.status >= 400").withReader(reader));

    PAssert.that(outcome.output()).containsInAnyOrder(line);
    PAssert.that(outcome.deadLetters()).empty();
    pipeline.run();
  }

  @Test
  public void refusesHostileValuesInsteadOfFailing() {
    List<Event> hostile = new ArrayList<>();
    for (String json :
        List.of(
            "{\"n\":1e999999999}",
            "{\"n\":0}",
            "{\"n\":9223372036854775807}",
            "{\"n\":\"(\"}",
            "{\"n\":[]}",
            "{\"n\":null}",
            "{\"n\":{\"n\":1}}",
            "{\"n\":\"\\ud800\"}",
            "{\"n\":\"2015-99-99T00:00:00Z\"}",
            "{\"n\":\"+999999999-01-01T00:00:00Z\"}")) {
      hostile.add(event(json, 0, json));
    }
    PCollection<Event> events = pipeline.apply(Create.of(hostile));
    List<PCollection<String>> kept = new ArrayList<>();
    for (String condition :
        List.of(
            "1 / data.n == 1",
            "data.n + 1 > 0",
            "data.n * 9223372036854775807 > 0",
            "'x'.matches(data.n)",
            "data.n[7] == 1",
            "data.n[-1] == 1",
            "timestamp(data.n) < time",
            "duration(data.n) < duration('1s')",
            "int(data.n) == 1",
            "uint(data.n) == 1u",
            "bytes(data.n) == b'x'",
            "data.n.n.n == 1",
            "data[data.n] == 1",
            "data.n.exists(x, x == 1)",
            "size(data.n) == 1",
            "string(data.n) == 'x'")) {
      kept.add(
          events
              .apply(condition, FilterEvents.where(condition))
              .output()
              .apply(
                  "Told " + condition,
                  MapElements.into(TypeDescriptors.strings())
                      .via(event -> condition + " of " + event.id())));
    }

    PAssert.that(PCollectionList.of(kept).apply(Flatten.pCollections()))
        .containsInAnyOrder(
            "data.n + 1 > 0 of {\"n\":0}",
            "timestamp(data.n) < time of {\"n\":0}",
            "size(data.n) == 1 of {\"n\":\"(\"}",
            "size(data.n) == 1 of {\"n\":{\"n\":1}}",
            "size(data.n) == 1 of {\"n\":\"\\ud800\"}");
    assertThat(Counted.in(pipeline.run()), is(Map.of("filtered", 24L, "dead_letters", 131L)));
  }

  @Test
  public void givesTheSameInAnyOrderOfArrival() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(event("e" + i, i, i % 5 == 0 ? "{}" : "{\"delta\":" + 100 * i + "}"));
    }

    Equivalence.of(stamped(events), EventCoder.of())
        .arrivals(Seeds.orElse(5))
        .through(new GoodAndBad())
        .check();
  }

  private static final class GoodAndBad
      extends PTransform<PCollection<Event>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Event> events) {
      Outcome<Event> outcome = events.apply(FilterEvents.where("data.delta > 1000"));
      return PCollectionList.of(
              outcome
                  .output()
                  .apply(MapElements.into(TypeDescriptors.strings()).via(Event::toString)))
          .and(told(outcome.deadLetters()))
          .apply(Flatten.pCollections());
    }
  }
}
