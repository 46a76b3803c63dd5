package dev.leat.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.google.common.collect.ImmutableMap;
import dev.leat.Counted;
import dev.leat.HostileJson;
import dev.leat.SampleEvents;
import dev.leat.Seeds;
import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.dedup.DropDuplicates;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.Payload;
import dev.leat.expression.Expression;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.Mapping.Format;
import dev.leat.ingest.ParseEvents;
import dev.leat.step.DeriveField;
import dev.leat.step.EventChain;
import dev.leat.step.EventSteps;
import dev.leat.step.FilterEvents;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class PrepareEventsTest {
  private static final Instant NOW = Instant.parse("2020-01-01T00:00:00Z");
  private static final Mapping MAPPING =
      Mapping.of(Format.JSON, "edit", FieldRef.parse("/time"))
          .withId(FieldRef.parse("/id"))
          .withTenant("/page");
  private static final Aggregation AGGREGATION =
      Aggregation.of(
          ImmutableMap.of("page", FieldRef.parse("/page"), "b", FieldRef.parse("/a/b")),
          ImmutableMap.<String, Measure>builder()
              .put("n", Measure.count())
              .put("with_x", Measure.count("/x"))
              .put("sum", Measure.sum("/x"))
              .put("min", Measure.min("/x"))
              .put("max", Measure.max("/x"))
              .put("avg", Measure.avg("/x"))
              .put("top", Measure.top("/x", 2))
              .put("different", Measure.distinct("/page"))
              .put("about", Measure.approxDistinct("/page"))
              .build());

  @Rule public final TestPipeline general = TestPipeline.create();
  @Rule public final TestPipeline prepared = TestPipeline.create();

  /** The fast path takes a record only to make of it, byte for byte, what the general one makes. */
  @Test
  public void reducesPlainRecordsAsItReducesEvents() {
    List<Mapping> mappings =
        List.of(
            MAPPING,
            Mapping.of(Format.JSON, "/page", FieldRef.parse("/time")).withSource("/x"),
            MAPPING.withSubject(FieldRef.parse("/x")).withSequence(FieldRef.parse("/a/b")));
    int plain = 0;
    int records = Seeds.orElse(30) * 1000;
    for (Mapping mapping : mappings) {
      EventMapper mapper = new EventMapper(mapping);
      Reduction reduction = new Reduction(new EventChain("enrich", List.of()), AGGREGATION);
      PlainReduction fast = PlainReduction.of(mapping, AGGREGATION).get();
      for (int seed = 0; seed < records; seed++) {
        byte[] record = record(new Random(seed));
        RecordBlock block = block(List.of(record));
        RecordBlock.Cursor cursor = block.cursor();
        cursor.next();
        EventBlock.Builder quickly = new EventBlock.Builder();
        if (fast.add(cursor, NOW, quickly)) {
          plain++;
          EventBlock.Builder slowly = new EventBlock.Builder();
          EventView view = mapper.view(cursor.record(), NOW);
          slowly.addReduced(view.event(), reduction.contributionOf(view));
          assertThat(
              "seed " + seed + " of " + new String(record, UTF_8),
              quickly.build(),
              is(slowly.build()));
        } else {
          assertThat(quickly.isEmpty(), is(true));
        }
      }
    }
    assertThat(plain, greaterThan(records / 10));
  }

  @Test
  public void reducesNoEventThatIsNotSimplyTaken() {
    Reduction reduction = new Reduction(new EventChain("enrich", List.of()), AGGREGATION);
    EventMapper mapper = new EventMapper(MAPPING);
    RecordBlock.Cursor records =
        block(List.of(bytes(edit("a", "A", "1")), bytes(edit("b", "A", "\"much\"")))).cursor();

    records.next();
    assertThat(reduction.contributionOf(mapper.view(records.record(), NOW)), is(notNullValue()));
    records.next();
    assertThat(reduction.contributionOf(mapper.view(records.record(), NOW)), is(nullValue()));
  }

  @Test
  public void givesTheSameRowsDeadLettersAndCountsAsStepByStep() {
    isTheSame(List.of(), new EventChain("enrich", List.of()));
  }

  @Test
  public void givesTheSameWithStepsBeforeAndBetween() {
    Expression notRobot = Expression.compile("data.x != 7", Set.of());
    Expression big = Expression.compile("data.x > 3", Set.of());
    isTheSame(
        List.of(
            new EventChain("filter", List.of(FilterEvents.function(notRobot))),
            new EventChain("let", List.of(DeriveField.function("big", big)))),
        new EventChain(
            "enrich",
            List.of(
                view -> {
                  String page = view.payload().path("page").asText();
                  if (page.equals("refused")) {
                    throw new RejectedException(
                        dev.leat.deadletter.Reason.INVALID_VALUE, "refused");
                  }
                  return !page.equals("dropped");
                })));
  }

  @Test
  public void givesTheSameOfEventsThatAreReduced() {
    List<RecordBlock> records = blocks();
    EventChain none = new EventChain("enrich", List.of());
    Map<String, Long> expected = countsOfStepByStep(records, List.of(), none);

    List<PCollection<DeadLetter>> letters = new ArrayList<>();
    PCollection<EventBlock> reduced =
        prepared
            .apply(Create.of(records))
            .apply("Parse", ParseEvents.onBlocks(MAPPING))
            .failuresTo(letters)
            .apply("Reduce", ReduceEvents.of(MAPPING.reader(), none, AGGREGATION));
    results(prepared, reduced, none, letters);

    assertThat(Counted.in(prepared.run()), is(expected));
    assertThat(RESULTS.get("prepared"), is(RESULTS.get("general")));
  }

  /** A source takes an event early only to make of it, byte for byte, what is made of it later. */
  @Test
  public void reducesEventsAsTheyAreReadAsItReducesThemLater() {
    EventMapper mapper = new EventMapper(MAPPING);
    Reduction reduction = new Reduction(new EventChain("enrich", List.of()), AGGREGATION);
    EarlyReduction.Worker early = EarlyReduction.of(AGGREGATION).orElseThrow().open();
    EventBytes bytes = new EventBytes();
    int taken = 0;
    int left = 0;
    for (int seed = 0; seed < Seeds.orElse(30) * 1000; seed++) {
      byte[] record = record(new Random(seed));
      RecordBlock.Cursor cursor = block(List.of(record)).cursor();
      cursor.next();
      EventView view;
      try {
        view = mapper.view(cursor.record(), NOW);
      } catch (RejectedException e) {
        continue;
      }
      EventBlock whole = EventBlock.of(List.of(view.event()));
      EventBlock.Cursor at = whole.cursor();
      at.next();
      EventBlock.Builder quickly = new EventBlock.Builder();
      if (early.add(bytes.read(at.encoded()), quickly)) {
        taken++;
        EventBlock.Builder slowly = new EventBlock.Builder();
        slowly.addReduced(view.event(), reduction.contributionOf(view));
        assertThat(new String(record, UTF_8), quickly.build(), is(slowly.build()));
      } else {
        left++;
        assertThat(quickly.isEmpty(), is(true));
      }
    }
    assertThat(taken, greaterThan(1000));
    assertThat(left, greaterThan(100));
  }

  @Test
  public void takesNoEventEarlyWhosePayloadIsNotCalledJson() {
    Event event =
        Event.builder()
            .id("1")
            .source("s")
            .type("t")
            .time(NOW)
            .tenant("en")
            .contentType("text/plain")
            .data(Payload.utf8("{\"page\":\"a\"}"))
            .build();
    EventBlock.Cursor at = EventBlock.of(List.of(event)).cursor();
    at.next();
    EventBlock.Builder out = new EventBlock.Builder();

    assertThat(
        EarlyReduction.of(AGGREGATION)
            .orElseThrow()
            .open()
            .add(new EventBytes().read(at.encoded()), out),
        is(false));
    assertThat(out.isEmpty(), is(true));
  }

  @Test
  public void reducesNothingEarlyForWhatNeedsMoreThanPayloads() {
    assertThat(
        EarlyReduction.of(
            Aggregation.of(
                ImmutableMap.of("tenant", FieldRef.parse("tenant")),
                ImmutableMap.of("n", Measure.count()))),
        is(Optional.empty()));
  }

  private void isTheSame(List<EventChain> steps, EventChain between) {
    List<RecordBlock> records = blocks();
    Map<String, Long> expectedCounts = countsOfStepByStep(records, steps, between);

    List<PCollection<DeadLetter>> preparedLetters = new ArrayList<>();
    PCollection<EventBlock> reduced =
        prepared
            .apply(Create.of(records))
            .apply("Prepare", PrepareEvents.with(MAPPING, steps).reducedFor(between, AGGREGATION));
    results(prepared, reduced, between, preparedLetters);
    Map<String, Long> counts = Counted.in(prepared.run());

    assertThat(counts, is(expectedCounts));
    assertThat(counts.get("repeats"), greaterThan(100L));
    assertThat(counts.get("dead_letters"), greaterThan(20L));
    assertThat(counts.get("rows"), greaterThan(5L));
    assertThat(RESULTS.get("prepared"), is(RESULTS.get("general")));
  }

  private static List<RecordBlock> blocks() {
    List<RecordBlock> records = new ArrayList<>();
    for (int seed = 0; seed < 40; seed++) {
      records.add(block(edits(new Random(seed))));
    }
    return records;
  }

  private Map<String, Long> countsOfStepByStep(
      List<RecordBlock> records, List<EventChain> steps, EventChain between) {
    List<PCollection<DeadLetter>> letters = new ArrayList<>();
    PCollection<EventBlock> events =
        general
            .apply(Create.of(records))
            .apply("Parse", ParseEvents.onBlocks(MAPPING))
            .failuresTo(letters);
    for (EventChain step : steps) {
      events = events.apply(step.step(), onBlocks(step)).failuresTo(letters);
    }
    results(general, events, between, letters);
    return Counted.in(general.run());
  }

  private static final Map<String, List<String>> RESULTS =
      new java.util.concurrent.ConcurrentHashMap<>();

  private void results(
      TestPipeline pipeline,
      PCollection<EventBlock> events,
      EventChain between,
      List<PCollection<DeadLetter>> letters) {
    String name = pipeline == general ? "general" : "prepared";
    PCollection<RowBlock> rows =
        events
            .apply("Drop repeats", DropDuplicates.byId().within(Duration.ofDays(1)).onBlocks())
            .output()
            .apply("Between", onBlocks(between))
            .failuresTo(letters)
            .apply(
                "Aggregate",
                AggregateEvents.onBlocks(
                    AGGREGATION,
                    MAPPING.reader(),
                    Optional.of(WindowSpec.fixed(Duration.ofHours(1)))))
            .failuresTo(letters);
    PCollection<String> all =
        PCollectionList.of(
                rows.apply(
                    "Told rows",
                    FlatMapElements.into(TypeDescriptors.strings())
                        .via(block -> block.rows().stream().map(Object::toString).toList())))
            .and(
                SampleEvents.told(
                    PCollectionList.of(letters).apply("Letters", Flatten.pCollections())))
            .apply("All", Flatten.pCollections());
    PAssert.that(all)
        .satisfies(
            told -> {
              List<String> sorted = new ArrayList<>();
              // Which of two copies is kept, and so its line, is left to the order of arrival.
              told.forEach(line -> sorted.add(line.replaceAll("\\|file:///a 0:\\d+$", "")));
              sorted.sort(null);
              RESULTS.put(name, sorted);
              return null;
            });
  }

  private static org.apache.beam.sdk.transforms.PTransform<
          PCollection<EventBlock>, dev.leat.deadletter.Outcome<EventBlock>>
      onBlocks(EventChain chain) {
    return EventSteps.onBlocks(chain.step(), MAPPING.reader(), chain.functions());
  }

  /** Some edits, many repeats of them, what is no event, and what cannot be added up. */
  private static List<byte[]> edits(Random random) {
    List<byte[]> edits = new ArrayList<>();
    String[] pages = {"A", "B", "Ü", "\\u00dc", "refused", "dropped"};
    String[] values = {
      "1", "7", "2.50", "-1e2", "\"5\"", "\"much\"", "null", "{}", "4", "12345678901234567890"
    };
    for (int i = 0; i < 30; i++) {
      // The same id, of whatever file, has the same content.
      int id = random.nextInt(400);
      Random content = new Random(id);
      edits.add(
          id % 40 == 39
              ? bytes("no event " + id)
              : bytes(
                  edit(
                      "e" + id,
                      pages[content.nextInt(pages.length)],
                      values[content.nextInt(values.length)])));
    }
    return edits;
  }

  private static String edit(String id, String page, String x) {
    return "{\"id\":\""
        + id
        + "\",\"time\":\"2015-09-12T1"
        + id.length() % 3
        + ":05:00Z\",\"page\":\""
        + page
        + "\",\"x\":"
        + x
        + "}";
  }

  /** Often an event, now and then damaged. */
  private static byte[] record(Random random) {
    if (random.nextInt(3) == 0) {
      return random.nextBoolean() ? HostileJson.document(random) : HostileJson.damaged(random);
    }
    byte[] rest = HostileJson.document(random);
    String text = new String(rest, UTF_8).strip();
    String event = "{\"time\":\"2015-09-12T13:05:00Z\"";
    boolean isObject = text.startsWith("{") && !text.substring(1).strip().startsWith("}");
    return bytes(
        event
            + ",\""
            + (random.nextBoolean() ? "page" : "id")
            + "\":\"A\""
            + (isObject ? "," + text.substring(1) : "}"));
  }

  private static RecordBlock block(List<byte[]> records) {
    RecordBlock.Builder block = RecordBlock.builder("file:///a", 0, null);
    for (int i = 0; i < records.size(); i++) {
      block.add(i + 1, records.get(i), 0, records.get(i).length);
    }
    return block.build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
