package dev.leat.ingest;

import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.block.EventBlock;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping.Format;
import dev.leat.testing.fixtures.Equivalence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.Rule;
import org.junit.Test;

public class ParseEventsTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Mapping MAPPING =
      Mapping.of(Format.JSON, "edit", FieldRef.parse("/at"))
          .withId(FieldRef.parse("/id"))
          .withTenant("/t");

  private static final List<RawRecord> RECORDS =
      List.of(
          record(1, "{\"id\":\"a\",\"at\":\"2015-09-12T13:00:00.1239Z\",\"t\":\"en\"}"),
          record(2, "{\"id\":\"b\",\"at\":\"1815-09-12\",\"t\":\"en\"}"),
          record(3, "{\"id\":\"c\",\"at\":\"2015-09-12\"}"),
          record(4, "{\"id\":\"d\",\"t\":\"en\"}"),
          record(5, "{\"id\":\"e\",\"at\":\"2015-02-30\",\"t\":\"en\"}"),
          record(6, "{\"id\":"),
          record(7, "{\"id\":\"f").toBuilder().problem("longer than 8 bytes").build());

  private static final String[] DEAD_LETTERS = {
    "missing-field|/t: the tenant is missing|parse|{\"id\":\"c\",\"at\":\"2015-09-12\"}|file:///a 3:3",
    "missing-field|/at: the time is missing|parse|{\"id\":\"d\",\"t\":\"en\"}|file:///a 3:4",
    "invalid-value|/at: expected a time written as iso|parse|"
        + "{\"id\":\"e\",\"at\":\"2015-02-30\",\"t\":\"en\"}|file:///a 3:5",
    "malformed|not JSON: it ends too early|parse|{\"id\":|file:///a 3:6",
    "unreadable|longer than 8 bytes|parse|{\"id\":\"f|file:///a 3:7"
  };

  @Test
  public void givesEachRecordAsEventAtItsTimeOrAsDeadLetter() {
    Outcome<Event> outcome =
        pipeline.apply(Create.of(RECORDS)).apply("Parse", ParseEvents.with(MAPPING));

    PAssert.that(timesOf(outcome.output()))
        .containsInAnyOrder(
            "a 2015-09-12T13:00:00.123900Z at 2015-09-12T13:00:00.123Z",
            "b 1815-09-12T00:00:00Z at 1815-09-12T00:00:00.000Z");
    PAssert.that(told(outcome.deadLetters())).containsInAnyOrder(DEAD_LETTERS);
    assertThat(Counted.in(pipeline.run()), is(Map.of("read", 7L, "dead_letters", 5L)));
  }

  @Test
  public void givesTheSameOnBlocks() {
    Outcome<EventBlock> outcome =
        pipeline
            .apply(Create.of(blockOf(RECORDS.subList(0, 5)), blockOf(RECORDS.subList(5, 7))))
            .apply("Parse", ParseEvents.onBlocks(MAPPING));

    PAssert.that(timesOf(eventsOf(outcome.output())))
        .containsInAnyOrder(
            // A block travels at the time of its earliest event.
            "a 2015-09-12T13:00:00.123900Z at 1815-09-12T00:00:00.000Z",
            "b 1815-09-12T00:00:00Z at 1815-09-12T00:00:00.000Z");
    PAssert.that(told(outcome.deadLetters())).containsInAnyOrder(DEAD_LETTERS);
    assertThat(Counted.in(pipeline.run()), is(Map.of("read", 7L, "dead_letters", 5L)));
  }

  @Test
  public void keepsLineageOfEachRecord() {
    Outcome<Event> outcome =
        pipeline.apply(Create.of(RECORDS.get(0))).apply("Parse", ParseEvents.with(MAPPING));

    PAssert.that(
            outcome
                .output()
                .apply(
                    MapElements.into(TypeDescriptor.of(Event.class))
                        .via(
                            event ->
                                event.toBuilder()
                                    .ingest(
                                        Lineage.of(
                                            Instant.EPOCH,
                                            event.ingest().origin(),
                                            event.ingest().partition(),
                                            event.ingest().offset()))
                                    .build())))
        .containsInAnyOrder(new EventMapper(MAPPING).map(RECORDS.get(0), Instant.EPOCH));
    PAssert.that(outcome.deadLetters()).empty();
    pipeline.run();
  }

  @Test
  public void givesTheSameInAnyOrderOfArrival() {
    List<TimestampedValue<RawRecord>> records =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    record(
                        i,
                        i % 7 == 0
                            ? "{\"id\":" + i
                            : "{\"id\":" + i + ",\"t\":1,\"at\":\"2015-09-12T13:00:" + i + "Z\"}"))
            .map(
                record ->
                    TimestampedValue.of(
                        record, org.joda.time.Instant.ofEpochSecond(record.offset())))
            .toList();

    Equivalence.of(records, RawRecordCoder.of())
        .arrivals(Seeds.orElse(5))
        .through(new GoodAndBad())
        .check();
  }

  /** Both outputs as texts, without the clock. */
  private static final class GoodAndBad
      extends PTransform<PCollection<RawRecord>, PCollection<String>> {
    private static final long serialVersionUID = 1L;

    @Override
    public PCollection<String> expand(PCollection<RawRecord> records) {
      Outcome<Event> outcome = records.apply("Parse", ParseEvents.with(MAPPING));
      return org.apache.beam.sdk.values.PCollectionList.of(
              outcome
                  .output()
                  .apply(
                      MapElements.into(TypeDescriptors.strings())
                          .via(event -> event + " " + event.data().toUtf8())))
          .and(told(outcome.deadLetters()))
          .apply(org.apache.beam.sdk.transforms.Flatten.pCollections());
    }
  }

  private static PCollection<String> timesOf(PCollection<Event> events) {
    return events
        .apply(Reify.timestamps())
        .apply(
            MapElements.into(TypeDescriptors.strings())
                .via(
                    stamped ->
                        stamped.getValue().id()
                            + " "
                            + stamped.getValue().time()
                            + " at "
                            + stamped.getTimestamp()));
  }

  private static PCollection<Event> eventsOf(PCollection<EventBlock> blocks) {
    return blocks.apply(FlatMapElements.into(TypeDescriptor.of(Event.class)).via(block -> block));
  }

  private static RecordBlock blockOf(List<RawRecord> records) {
    RecordBlock.Builder block = RecordBlock.builder("file:///a", 3, null);
    for (RawRecord record : records) {
      byte[] bytes = record.data().toByteArray();
      block.add(record.offset(), bytes, 0, bytes.length, record.problem());
    }
    return block.build();
  }

  private static RawRecord record(long line, String data) {
    return RawRecord.of(Payload.utf8(data), "file:///a", 3, line);
  }
}
