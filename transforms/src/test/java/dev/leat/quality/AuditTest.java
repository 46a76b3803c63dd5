package dev.leat.quality;

import static dev.leat.SampleEvents.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.event.Event;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.WindowSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.Rule;
import org.junit.Test;

public class AuditTest {
  private static final Schema ROWS = Schema.builder().addInt64Field("n").build();
  private static final List<QualityRule> RULES =
      List.of(
          QualityRule.nulls(FieldRef.parse("/page"), Share.parse("25%")),
          QualityRule.rows(0, Optional.of(4L)),
          QualityRule.volume(
              Share.parse("50%"), Duration.ofMinutes(1), WindowSpec.fixed(Duration.ofMinutes(1))));

  /** Of four events two lack the page; the second minute has one event, the first had three. */
  private static final List<Event> FIRST =
      List.of(
          event("a", 0, "{\"page\":\"p\"}"),
          event("b", 1, "{\"page\":\"p\"}"),
          event("c", 2, "{}"));

  private static final List<Event> SECOND = List.of(event("d", 60, "{}"));

  @Rule public final TestPipeline pipeline = TestPipeline.create();

  @Test
  public void judgesPartsAsTheWhole() {
    String whole = counts(List.of(FIRST.get(0), FIRST.get(1), FIRST.get(2), SECOND.get(0)), 5);
    String first = counts(FIRST, 2);
    String second = counts(SECOND, 3);
    Optional<Instant> end = Optional.of(Instant.parse("2015-09-12T13:02:00Z"));

    List<String> ofWhole = Audit.problems(RULES, end, List.of(whole));

    assertThat(Audit.problems(RULES, end, List.of(first, second)), is(ofWhole));
    assertThat(Audit.problems(RULES, end, List.of(second, first)), is(ofWhole));
    assertThat(
        ofWhole,
        contains(
            "quality {field: /page, nulls: 25%}: expected at most 25%, got 2 of 4 events (50%)",
            "quality {rows: {min: 0, max: 4}}: expected at most 4, got 5",
            "quality {volume: {dropMoreThan: 50%, against: 1m}}: 2015-09-12T13:01:00Z has 1 event,"
                + " 1m before it were 3 (fell by 66.7%)"));
    assertThat(Audit.eventsOf(first), is(3L));
    assertThat(Audit.rowsOf(second), is(3L));
  }

  @Test
  public void aPartWithNothingAddsNothing() {
    String nothing = counts(List.of(), 0);

    assertThat(Audit.problems(RULES, Optional.empty(), List.of(nothing)), is(empty()));
    assertThat(Audit.eventsOf(nothing), is(0L));
    assertThat(Audit.rowsOf(nothing), is(0L));
  }

  @Test
  public void countsAPartOnceWhateverItsBundles() {
    PCollection<EventBlock> blocks =
        pipeline.apply(
            "Events", Create.of(block(FIRST), block(SECOND)).withCoder(EventBlockCoder.of()));

    PCollection<String> counted =
        blocks.apply(Audit.counting(RULES, PayloadReader.plain(), rows(5)));

    PAssert.that(counted)
        .containsInAnyOrder(
            counts(List.of(FIRST.get(0), FIRST.get(1), FIRST.get(2), SECOND.get(0)), 5));
    pipeline.run();
  }

  private PCollection<RowBlock> rows(int count) {
    List<RowBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(RowBlock.of(List.of(Row.withSchema(ROWS).addValue((long) i).build())));
    }
    return pipeline.apply("Rows", Create.of(blocks).withCoder(RowBlockCoder.of(ROWS)));
  }

  /** The text of a part, as its rules count it. */
  private static String counts(List<Event> events, int rows) {
    CountEventsByHand counted = new CountEventsByHand(RULES);
    events.forEach(counted::add);
    return Audit.text(Tally.sum(List.of(counted.tally(), Tally.ofRows(rows))));
  }

  private static EventBlock block(List<Event> events) {
    EventBlock.Builder block = new EventBlock.Builder();
    events.forEach(block::add);
    return block.build();
  }

  /** Counts without a pipeline, as a bundle does. */
  private static final class CountEventsByHand {
    private final List<QualityRule> rules;
    private final List<java.util.Map<Long, Long>> cells = new ArrayList<>();
    private long events;
    private long last = Long.MIN_VALUE;

    CountEventsByHand(List<QualityRule> rules) {
      this.rules = rules;
      rules.forEach(rule -> cells.add(new java.util.TreeMap<>()));
    }

    void add(Event event) {
      events++;
      last = Math.max(last, event.time().toEpochMilli());
      for (int i = 0; i < rules.size(); i++) {
        java.util.Map<Long, Long> counts = cells.get(i);
        QualityRule.Cells into = cell -> counts.merge(cell, 1L, Long::sum);
        rules.get(i).count(event.time().toEpochMilli(), into);
        rules.get(i).look(new dev.leat.field.EventView(event, PayloadReader.plain()), into);
      }
    }

    Tally tally() {
      return events == 0
          ? Tally.ofEvents(0, Long.MIN_VALUE, List.of())
          : Tally.ofEvents(events, last, cells);
    }
  }
}
