package dev.leat.enrich;

import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.deadletter.Outcome;
import dev.leat.enrich.EnrichEvents.Missing;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.event.Json;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.testing.fixtures.Equivalence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
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
import org.junit.rules.TemporaryFolder;

public class EnrichEventsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final Event KNOWN = event("known", 0, "{\"iso\":\"IT\"}");
  private static final Event UNKNOWN = event("unknown", 0, "{\"iso\":\"XX\"}");
  private static final Event KEYLESS = event("keyless", 0, "{\"iso\":null}");
  private static final Event MALFORMED = event("malformed", 0, "{");
  private static final ObjectNode ITALY =
      (ObjectNode) Json.parse("{\"iso\":\"IT\",\"name\":\"Italy\"}");
  private static final Event ENRICHED = KNOWN.toBuilder().derived("country", ITALY).build();
  private static final EnrichEvents ENRICH =
      EnrichEvents.lookup(() -> Map.of("IT", ITALY)).on("/iso").as("country");

  @Test
  public void keepsEventsThatTheLookupLacks() {
    Outcome<Event> outcome = pipeline.apply(Create.of(KNOWN, UNKNOWN, KEYLESS)).apply(ENRICH);

    PAssert.that(outcome.output()).containsInAnyOrder(ENRICHED, UNKNOWN, KEYLESS);
    PAssert.that(outcome.deadLetters()).empty();
    assertThat(Counted.in(pipeline.run()), is(Map.of()));
  }

  @Test
  public void makesEventsThatTheLookupLacksDeadLetters() {
    Outcome<Event> outcome =
        pipeline
            .apply(Create.of(KNOWN, UNKNOWN, KEYLESS, MALFORMED))
            .apply(ENRICH.missing(Missing.DEAD_LETTER));

    PAssert.that(outcome.output()).containsInAnyOrder(ENRICHED);
    PAssert.that(told(outcome.deadLetters()))
        .containsInAnyOrder(
            "lookup-miss|/iso: the lookup for 'country' has no such key|enrich country|"
                + "{\"iso\":\"XX\"}|file:///a 3:7",
            "lookup-miss|/iso: the lookup for 'country' has no such key|enrich country|"
                + "{\"iso\":null}|file:///a 3:7",
            "malformed|not JSON: it ends too early|enrich country|{|file:///a 3:7");
    assertThat(Counted.in(pipeline.run()), is(Map.of("dead_letters", 3L)));
  }

  @Test
  public void failsTheJobAtEventsThatTheLookupLacks() {
    pipeline.apply(Create.of(UNKNOWN)).apply(ENRICH.missing(Missing.FAIL));

    PipelineExecutionException failure =
        assertThrows(PipelineExecutionException.class, pipeline::run);

    assertThat(
        failure.getCause().getMessage(),
        is(
            "enrich country: the lookup has no row for the /iso of Event[wiki unknown edit at"
                + " 2015-09-12T13:00:00Z]"));
  }

  @Test
  public void failsTheJobWithoutTheLookupsFile() {
    pipeline
        .apply(Create.of(KNOWN))
        .apply(
            EnrichEvents.lookup(FileLookup.of(folder.getRoot() + "/missing.csv", null))
                .on("/iso")
                .as("country"));

    RuntimeException failure = assertThrows(RuntimeException.class, pipeline::run);

    assertThat(failure.getMessage(), containsString("missing.csv"));
  }

  @Test
  public void readsFilesAndGivesTheRowByName() throws Exception {
    Path file = folder.newFile("countries.csv").toPath();
    Files.writeString(file, "iso,name\nIT,Italy\n");

    Outcome<Event> outcome =
        pipeline
            .apply(Create.of(KNOWN, UNKNOWN))
            .apply(
                EnrichEvents.lookup(FileLookup.of(file.toString(), null)).on("/iso").as("country"));

    PAssert.that(
            outcome
                .output()
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(event -> event.id() + " " + nameOf(event))))
        .containsInAnyOrder("known \"Italy\"", "unknown ");
    pipeline.run();
  }

  @Test
  public void looksUpWhatWasDerivedBefore() {
    EnrichEvents capital =
        EnrichEvents.lookup(() -> Map.of("Italy", (ObjectNode) Json.parse("{\"city\":\"Rome\"}")))
            .on("country.name")
            .as("capital");

    PCollection<Event> events =
        pipeline
            .apply(Create.of(KNOWN))
            .apply("Country", ENRICH)
            .output()
            .apply("Capital", capital)
            .output();

    PAssert.that(events)
        .containsInAnyOrder(
            ENRICHED.toBuilder().derived("capital", Json.parse("{\"city\":\"Rome\"}")).build());
    pipeline.run();
  }

  @Test
  public void refusesNamesThatAreTakenOrNone() {
    for (String name : List.of("tenant", "data", "", "a.b", "/x")) {
      assertThat(
          assertThrows(
                  name,
                  IllegalArgumentException.class,
                  () -> EnrichEvents.lookup(Map::of).on("/iso").as(name))
              .getMessage(),
          is(
              "as: expected a name of letters, digits and _ that no field has yet, got '"
                  + name
                  + "'"));
    }
    assertThrows(IllegalArgumentException.class, () -> EnrichEvents.lookup(Map::of).on("no field"));
  }

  @Test
  public void givesTheSameInAnyOrderOfArrival() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      events.add(event("e" + i, i, "{\"iso\":\"" + (i % 3 == 0 ? "IT" : "XX") + "\"}"));
    }

    Equivalence.of(stamped(events), EventCoder.of())
        .arrivals(Seeds.orElse(5))
        .through(new GoodAndBad())
        .check();
  }

  private static String nameOf(Event event) {
    return new EventView(event, PayloadReader.plain())
        .at(FieldRef.parse("country.name"))
        .toString();
  }

  private static final class GoodAndBad
      extends PTransform<PCollection<Event>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<Event> events) {
      Outcome<Event> outcome = events.apply(ENRICH.missing(Missing.DEAD_LETTER));
      return PCollectionList.of(
              outcome
                  .output()
                  .apply(
                      MapElements.into(TypeDescriptors.strings())
                          .via(event -> event + " " + event.derived())))
          .and(told(outcome.deadLetters()))
          .apply(Flatten.pCollections());
    }
  }
}
