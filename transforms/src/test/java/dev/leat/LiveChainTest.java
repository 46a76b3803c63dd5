package dev.leat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;
import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.block.EventBlock;
import dev.leat.block.EventsOfBlocks;
import dev.leat.block.RecordBlock;
import dev.leat.block.RecordBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.dedup.DropDuplicates;
import dev.leat.enrich.EnrichEvents;
import dev.leat.event.Json;
import dev.leat.expression.Expression;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.ParseEvents;
import dev.leat.ingest.TimeFormat;
import dev.leat.step.DeriveField;
import dev.leat.step.EventFunction;
import dev.leat.step.EventSteps;
import dev.leat.step.FilterEvents;
import dev.leat.window.SplitLate;
import dev.leat.window.WindowSpec;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.Rule;
import org.junit.Test;

/**
 * All blocks' steps one after the other on a stream with disorder, repeats, poison and late events:
 * the last revision of each row is what a batch of all events but the late ones gives.
 */
public class LiveChainTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Mapping MAPPING =
      Mapping.of(Mapping.Format.JSON, "edit", FieldRef.parse("/at"))
          .withId(FieldRef.parse("/id"))
          .withTimeFormat(TimeFormat.of("epoch_millis", ZoneOffset.UTC));
  private static final Aggregation AGGREGATION =
      Aggregation.of(
              Map.of("country", FieldRef.parse("country.name")),
              ImmutableMap.of("n", Measure.count(), "total", Measure.sum("/x")))
          .withRevision();
  private static final long START = SampleEvents.START.toEpochMilli();
  private static final int EVENTS = 300;
  private static final int REPEATS = 20;
  private static final int POISON = 1;
  private static final List<String> COUNTRIES = List.of("Italy", "France", "Malta");

  @Test
  public void endsWithTheBatchOfAllButLateEventsInFixedWindows() {
    endsWithTheBatchOfAllButLateEvents(
        1, WindowSpec.fixed(Duration.ofMinutes(2)).withAllowedLateness(Duration.ofMinutes(1)));
  }

  @Test
  public void endsWithTheBatchOfAllButLateEventsInSlidingWindows() {
    endsWithTheBatchOfAllButLateEvents(
        2,
        WindowSpec.sliding(Duration.ofMinutes(4), Duration.ofMinutes(1))
            .withAllowedLateness(Duration.ofMinutes(1)));
  }

  @Test
  public void endsWithTheBatchOfAllButLateEventsInSessions() {
    endsWithTheBatchOfAllButLateEvents(3, WindowSpec.session(Duration.ofSeconds(40)));
  }

  private void endsWithTheBatchOfAllButLateEvents(int seed, WindowSpec spec) {
    Random random = new Random(seed);
    List<Edit> edits = edits(random);
    WindowSpec windows = spec.withEarly(Duration.ofSeconds(10));
    List<PCollection<DeadLetter>> rejected = new ArrayList<>();
    List<PCollection<EventBlock>> late = new ArrayList<>();

    PCollection<RowBlock> rows =
        pipeline
            .apply(stream(edits, random))
            .apply("Parse", ParseEvents.onBlocks(MAPPING))
            .failuresTo(rejected)
            .apply("Choose", EventSteps.onBlocks("filter", PayloadReader.plain(), steps()))
            .failuresTo(rejected)
            .apply("Drop repeats", DropDuplicates.byId().within(Duration.ofDays(1)).onBlocks())
            .lateTo(late)
            .apply("In time", SplitLate.by(windows).onBlocks())
            .lateTo(late)
            .apply(
                "Aggregate",
                AggregateEvents.onBlocks(AGGREGATION, PayloadReader.plain(), Optional.of(windows)))
            .failuresTo(rejected);

    PAssert.that(together(rows, late, rejected))
        .satisfies(
            told -> {
              check(edits, spec, Lists.newArrayList(told));
              return null;
            });
    PipelineResult run = pipeline.run();
    Map<String, Long> counted = Counted.in(run);
    assertThat(counted.get("repeats"), is((long) REPEATS));
    assertThat(counted.get("late"), is(greaterThan(5L)));
    assertThat(counted.get("used") + counted.get("late"), is((long) kept(edits).size()));
    for (MetricResult<Long> each :
        run.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      // What Beam itself drops it counts under names such as droppedDueToLateness.
      String name = each.getName().getName();
      assertThat(name, each.getAttempted() > 0 && name.matches("(?i).*dropped.*"), is(false));
    }
  }

  private static void check(List<Edit> edits, WindowSpec windows, List<String> told) {
    Set<String> late = new HashSet<>();
    List<Result> rows = new ArrayList<>();
    int deadLetters = 0;
    for (String each : told) {
      String[] parts = each.split("\\|", -1);
      if (parts[0].equals("late")) {
        late.add(parts[1]);
      } else if (parts[0].equals("row")) {
        rows.add(Result.parse(parts));
      } else {
        deadLetters++;
      }
    }
    List<Edit> inTime = kept(edits).stream().filter(edit -> !late.contains(edit.id)).toList();
    List<Result> expected =
        windows.kind() == WindowSpec.Kind.SESSION
            ? sessionsOf(inTime, windows)
            : windowsOf(inTime, windows);

    assertThat(current(rows), is(new HashSet<>(expected)));
    assertThat("no row twice", new HashSet<>(rows).size(), is(rows.size()));
    assertThat("rows of several panes", rows.size(), is(greaterThan(expected.size())));
    assertThat(deadLetters, is(POISON));
  }

  private static List<Result> windowsOf(List<Edit> edits, WindowSpec windows) {
    Map<Result, List<Edit>> byRow = new HashMap<>();
    for (Edit edit : edits) {
      for (IntervalWindow window : windows.windowsOf(Instant.ofEpochMilli(edit.millis))) {
        Result key =
            new Result(edit.country(), window.start().getMillis(), window.end().getMillis(), 0, 0);
        byRow.computeIfAbsent(key, unused -> new ArrayList<>()).add(edit);
      }
    }
    List<Result> results = new ArrayList<>();
    byRow.forEach((key, of) -> results.add(Result.of(key.country, key.start, key.end, of)));
    return results;
  }

  private static List<Result> sessionsOf(List<Edit> edits, WindowSpec windows) {
    List<Result> results = new ArrayList<>();
    long gap = windows.size().toMillis();
    for (List<Edit> ofCountry :
        edits.stream().collect(Collectors.groupingBy(Edit::country)).values()) {
      List<Edit> sorted = new ArrayList<>(ofCountry);
      sorted.sort(Comparator.comparingLong(edit -> edit.millis));
      List<Edit> session = new ArrayList<>();
      for (Edit edit : sorted) {
        if (!session.isEmpty() && edit.millis >= session.get(session.size() - 1).millis + gap) {
          results.add(Result.ofSession(session, gap));
          session = new ArrayList<>();
        }
        session.add(edit);
      }
      results.add(Result.ofSession(session, gap));
    }
    return results;
  }

  /** What a sink that goes by the revision has in the end. */
  private static Set<Result> current(List<Result> rows) {
    Set<Result> current = new HashSet<>(rows);
    current.removeIf(
        row ->
            rows.stream()
                .anyMatch(
                    other ->
                        other.country.equals(row.country)
                            && other.events > row.events
                            && other.covers(row)));
    return current;
  }

  private static PCollection<String> together(
      PCollection<RowBlock> rows,
      List<PCollection<EventBlock>> late,
      List<PCollection<DeadLetter>> rejected) {
    PCollection<String> rowsTold =
        rows.apply(
                "Rows told",
                FlatMapElements.into(TypeDescriptors.strings())
                    .via(block -> block.rows().stream().map(Result::tell).toList()))
            .apply(
                "Out of windows",
                Window.<String>into(new GlobalWindows())
                    .triggering(DefaultTrigger.of())
                    .withAllowedLateness(org.joda.time.Duration.ZERO)
                    .discardingFiredPanes());
    PCollection<String> lateTold =
        PCollectionList.of(late)
            .apply("Late of both", Flatten.pCollections())
            .apply("Late events", ParDo.of(new EventsOfBlocks()))
            .apply(
                "Late told",
                MapElements.into(TypeDescriptors.strings()).via(event -> "late|" + event.id()));
    PCollection<String> rejectedTold =
        PCollectionList.of(rejected)
            .apply("Rejected of all", Flatten.pCollections())
            .apply(
                "Rejected told",
                MapElements.into(TypeDescriptors.strings())
                    .via(letter -> "rejected|" + letter.detail()));
    return PCollectionList.of(rowsTold)
        .and(lateTold)
        .and(rejectedTold)
        .apply("Together", Flatten.pCollections());
  }

  private static List<EventFunction> steps() {
    return List.of(
        FilterEvents.function(Expression.compile("data.keep", Set.of())),
        DeriveField.function("big", Expression.compile("data.x > 50", Set.of())),
        EnrichEvents.lookup(LiveChainTest::countries).on("/iso").as("country").function());
  }

  private static Map<String, ObjectNode> countries() {
    Map<String, ObjectNode> table = new HashMap<>();
    for (String name : COUNTRIES) {
      table.put(name.substring(0, 2), Json.object().put("name", name));
    }
    return table;
  }

  private static List<Edit> edits(Random random) {
    List<Edit> edits = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      edits.add(
          new Edit(
              "e" + i,
              START + random.nextInt(1_800_000),
              COUNTRIES.get(random.nextInt(3)),
              random.nextInt(100),
              random.nextInt(10) > 0));
    }
    return edits;
  }

  private static List<Edit> kept(List<Edit> edits) {
    return edits.stream().filter(edit -> edit.keep).toList();
  }

  /** Most come within a minute, some much later, some twice; the watermark is 90 s behind. */
  private static TestStream<RecordBlock> stream(List<Edit> edits, Random random) {
    TreeMap<Long, Edit> arrivals = new TreeMap<>();
    for (Edit edit : edits) {
      long delay = random.nextInt(10) == 0 ? random.nextInt(600_000) : random.nextInt(60_000);
      put(arrivals, edit.millis + delay, edit);
    }
    List<Edit> repeated = kept(edits).subList(0, REPEATS);
    repeated.forEach(edit -> put(arrivals, edit.millis + random.nextInt(900_000), edit));

    TestStream.Builder<RecordBlock> stream = TestStream.create(RecordBlockCoder.of());
    List<Map.Entry<Long, Edit>> inOrder = new ArrayList<>(arrivals.entrySet());
    for (int i = 0; i < inOrder.size(); i += 6) {
      List<Map.Entry<Long, Edit>> some = inOrder.subList(i, Math.min(i + 6, inOrder.size()));
      stream = stream.addElements(block(i, some.stream().map(Map.Entry::getValue).toList()));
      stream = stream.advanceProcessingTime(org.joda.time.Duration.standardSeconds(5));
      stream =
          stream.advanceWatermarkTo(
              Instant.ofEpochMilli(some.get(some.size() - 1).getKey() - 90_000));
    }
    return stream.advanceWatermarkToInfinity();
  }

  private static void put(TreeMap<Long, Edit> arrivals, long time, Edit edit) {
    long free = time;
    while (arrivals.putIfAbsent(free, edit) != null) {
      free++;
    }
  }

  /** At the earliest time of its events, as a source promises; the first has a poison record. */
  private static TimestampedValue<RecordBlock> block(int offset, List<Edit> edits) {
    RecordBlock.Builder block = RecordBlock.builder("kafka://c/edits", 0, null);
    for (Edit edit : edits) {
      byte[] bytes = edit.json().getBytes(UTF_8);
      block.add(offset, bytes, 0, bytes.length);
    }
    if (offset == 0) {
      block.add(offset, new byte[] {'{'}, 0, 1);
    }
    long first = edits.stream().mapToLong(Edit::millis).min().orElseThrow();
    return TimestampedValue.of(block.build(), Instant.ofEpochMilli(first));
  }

  private record Edit(String id, long millis, String country, int x, boolean keep)
      implements Serializable {
    String json() {
      return String.format(
          "{\"id\":\"%s\",\"at\":%d,\"iso\":\"%s\",\"x\":%d,\"keep\":%s}",
          id, millis, country.substring(0, 2), x, keep);
    }
  }

  private record Result(String country, long start, long end, long events, long total) {
    static Result of(String country, long start, long end, List<Edit> edits) {
      return new Result(country, start, end, edits.size(), edits.stream().mapToLong(Edit::x).sum());
    }

    static Result ofSession(List<Edit> edits, long gap) {
      long end = edits.get(edits.size() - 1).millis + gap;
      return of(edits.get(0).country, edits.get(0).millis, end, edits);
    }

    static String tell(Row row) {
      assertThat(row.getInt64(Aggregation.REVISION), is(row.getInt64("n")));
      return String.join(
          "|",
          "row",
          row.getString("country"),
          "" + row.getDateTime("window_start").getMillis(),
          "" + row.getDateTime("window_end").getMillis(),
          "" + row.getInt64("n"),
          "" + row.getDecimal("total"));
    }

    static Result parse(String[] parts) {
      return new Result(
          parts[1],
          Long.parseLong(parts[2]),
          Long.parseLong(parts[3]),
          Long.parseLong(parts[4]),
          Long.parseLong(parts[5]));
    }

    /** The same window before, or a session that has become part of this one. */
    boolean covers(Result other) {
      return other.start >= start && other.end <= end;
    }
  }
}
