package dev.leat.aggregate;

import static dev.leat.SampleEvents.at;
import static dev.leat.SampleEvents.event;
import static dev.leat.SampleEvents.stamped;
import static dev.leat.SampleEvents.told;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.google.common.collect.ImmutableMap;
import dev.leat.Counted;
import dev.leat.Seeds;
import dev.leat.block.AnyTime;
import dev.leat.block.EvenKeys;
import dev.leat.block.EventBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Outcome;
import dev.leat.event.Event;
import dev.leat.event.EventCoder;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.testing.fixtures.Equivalence;
import dev.leat.testing.fixtures.Panes;
import dev.leat.window.WindowSpec;
import dev.leat.window.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Instant;
import org.junit.Rule;
import org.junit.Test;

/** The core on blocks gives what the public face gives, as a batch and as a stream. */
public class AggregateBlocksTest {
  @Rule public final TestPipeline pipeline = TestPipeline.create();

  private static final Aggregation AGGREGATION =
      Aggregation.of(
          Map.of("page", FieldRef.parse("/page")),
          ImmutableMap.of(
              "n", Measure.count(),
              "total", Measure.sum("/x"),
              "about", Measure.approxDistinct("/x"),
              "p90", Measure.quantile("/x", 0.9),
              "latest", Measure.last("/x")));
  private static final SerializableFunction<RowBlock, List<Long>> COUNTS =
      block -> block.rows().stream().map(row -> row.getInt64("n")).toList();
  private static final WindowSpec FIXED = WindowSpec.fixed(Duration.ofSeconds(60));
  private static final WindowSpec SLIDING =
      WindowSpec.sliding(Duration.ofSeconds(60), Duration.ofSeconds(25));
  private static final WindowSpec SESSION = WindowSpec.session(Duration.ofSeconds(10));

  @Test
  public void givesTheSameAsThePublicFaceInFixedWindows() {
    givesTheSameAsThePublicFace(Optional.of(FIXED));
  }

  @Test
  public void givesTheSameAsThePublicFaceInWindowsWithAnOffset() {
    givesTheSameAsThePublicFace(Optional.of(FIXED.withOffset(Duration.ofSeconds(17))));
    givesTheSameAsThePublicFace(Optional.of(SLIDING.withOffset(Duration.ofSeconds(17))));
  }

  @Test
  public void givesTheSameAsThePublicFaceInSlidingWindows() {
    givesTheSameAsThePublicFace(Optional.of(SLIDING));
  }

  @Test
  public void givesTheSameAsThePublicFaceInSessions() {
    givesTheSameAsThePublicFace(Optional.of(SESSION));
  }

  @Test
  public void givesTheSameAsThePublicFaceWithoutWindows() {
    givesTheSameAsThePublicFace(Optional.empty());
  }

  @Test
  public void givesTheSameLiveInFixedWindows() {
    Equivalence.of(stamped(events(3, 100)), EventCoder.of())
        .arrivals(4)
        .through(new OnBlocks(Optional.of(FIXED)))
        .reducing(Panes.values())
        .check();
  }

  @Test
  public void givesTheSameLiveInSlidingWindows() {
    Equivalence.of(stamped(events(4, 60)), EventCoder.of())
        .arrivals(4)
        .through(new OnBlocks(Optional.of(SLIDING)))
        .reducing(Panes.values())
        .check();
  }

  @Test
  public void givesTheSameLiveInSessions() {
    Equivalence.of(stamped(events(5, 60)), EventCoder.of())
        .arrivals(Seeds.orElse(4))
        .through(new OnBlocks(Optional.of(SESSION)))
        .reducing(Panes.values())
        .check();
  }

  @Test
  public void givesTheSameLiveForEventsWithinAllowedLateness() {
    WindowSpec spec =
        FIXED.withAllowedLateness(Duration.ofSeconds(120)).withEarly(Duration.ofSeconds(10));
    Equivalence.of(stamped(events(6, 100)), EventCoder.of())
        .arrivals(Seeds.orElse(4))
        .disorder(org.joda.time.Duration.standardSeconds(100))
        .lateness(org.joda.time.Duration.standardSeconds(100))
        .through(new OnBlocks(Optional.of(spec)))
        .reducing(Panes.lastOverallBy(AggregateBlocksTest::keyOf))
        .check();
  }

  @Test
  public void givesTheSameLiveOnThePublicFace() {
    for (WindowSpec spec : List.of(FIXED, SESSION)) {
      Equivalence.of(stamped(events(7, 60)), EventCoder.of())
          .arrivals(4)
          .through(new PublicFace(Optional.of(spec)))
          .check();
    }
  }

  @Test
  public void givesTheSameLiveOnThePublicFaceForEventsWithinAllowedLateness() {
    WindowSpec spec =
        FIXED.withAllowedLateness(Duration.ofSeconds(120)).withEarly(Duration.ofSeconds(10));
    Equivalence.of(stamped(events(8, 100)), EventCoder.of())
        .arrivals(Seeds.orElse(4))
        .disorder(org.joda.time.Duration.standardSeconds(100))
        .lateness(org.joda.time.Duration.standardSeconds(100))
        .through(new PublicFace(Optional.of(spec)))
        .reducing(Panes.lastBy(AggregateBlocksTest::keyOf))
        .check();
  }

  @Test
  public void refusesEventsOfABlockOneByOne() {
    Event good = event("a", 0, "{\"page\":\"A\",\"x\":1}");
    Event bad = event("b", 0, "{\"page\":\"A\",\"x\":\"y\"}");
    Outcome<RowBlock> outcome =
        pipeline
            .apply(Create.of(List.of(EventBlock.of(List.of(good, bad)))))
            .apply(AggregateEvents.onBlocks(AGGREGATION, PayloadReader.plain(), Optional.empty()));

    PAssert.that(
            outcome
                .output()
                .apply(
                    MapElements.into(TypeDescriptors.longs())
                        .via(block -> block.rows().get(0).getInt64("n"))))
        .containsInAnyOrder(1L);
    PAssert.that(told(outcome.deadLetters()))
        .containsInAnyOrder(
            "invalid-value|/x: expected a number, got text|aggregate|"
                + bad.data().toUtf8()
                + "|file:///a 3:7");
    assertThat(Counted.in(pipeline.run()), is(Map.of("used", 1L, "dead_letters", 1L, "rows", 1L)));
  }

  @Test
  public void holdsTheWatermarkUntilPartialResultsHaveArrived() {
    PCollection<EventBlock> block =
        pipeline.apply(
            Create.of(
                List.of(
                    EventBlock.of(
                        List.of(
                            event("b", 67, "{\"page\":\"A\",\"x\":1}"),
                            event("a", 7, "{\"page\":\"A\",\"x\":1}"))))));

    // A session can be joined with one that ends earlier; a fixed window ends when it ends.
    PAssert.that(
            timesOfPartials("Session", block, PreAggregate.Shuffle.BY_WINDOW_AND_GROUP, SESSION))
        .containsInAnyOrder(at(7), at(67));
    PAssert.that(timesOfPartials("Fixed", block, PreAggregate.Shuffle.BY_SHARD_IN_TIME, FIXED))
        .containsInAnyOrder(at(60).minus(1));
    pipeline.run();
  }

  /** Others need another name for the step that keeps the windows: see {@code EvenKeysTest}. */
  @Test
  public void keepsTheKeysThatCheckpointsHave() {
    List<byte[]> keys = EvenKeys.live(32, ByteArrayCoder.of(), PreAggregate::keyBytes);

    assertThat(Arrays.deepHashCode(keys.toArray()), is(847055245));
  }

  @Test
  public void addsUpMoreGroupsThanABundleMayHold() {
    int groups = 500;
    Aggregation countsOnly = Aggregation.of(AGGREGATION.by(), Map.of("n", Measure.count()));
    List<EventBlock> blocks = new ArrayList<>();
    for (int block = 0; block < 4; block++) {
      EventBlock.Builder builder = new EventBlock.Builder();
      for (int i = 0; i < groups; i++) {
        builder.add(event(block + "e" + i, 0, "{\"page\":" + i + ",\"x\":1}"));
      }
      blocks.add(builder.build());
    }

    PCollectionTuple out =
        pipeline
            .apply(Create.of(blocks))
            .apply(
                ParDo.of(
                        new PreAggregate.OfBlocks(
                            countsOnly,
                            PayloadReader.plain(),
                            PreAggregate.Shuffle.BY_SHARD,
                            null,
                            1))
                    .withOutputTags(
                        PreAggregate.PARTIALS, TupleTagList.of(PreAggregate.DEAD_LETTERS)));
    out.get(PreAggregate.DEAD_LETTERS).setCoder(DeadLetterCoder.of());
    PCollection<RowBlock> rows =
        out.get(PreAggregate.PARTIALS)
            .setCoder(KvCoder.of(ByteArrayCoder.of(), PartialBlock.PartialBlockCoder.of()))
            .apply(GroupByKey.create())
            .apply(ParDo.of(new MergePartials(countsOnly, false, false)))
            .setCoder(RowBlockCoder.of(countsOnly.schema(false)));

    PAssert.that(rows.apply(FlatMapElements.into(TypeDescriptors.longs()).via(COUNTS)))
        .satisfies(
            counts -> {
              int seen = 0;
              for (long count : counts) {
                seen++;
                assertThat(count, is(4L));
              }
              assertThat(seen, is(groups));
              return null;
            });
    pipeline.run();
  }

  private static PCollection<Instant> timesOfPartials(
      String name,
      PCollection<EventBlock> blocks,
      PreAggregate.Shuffle shuffle,
      WindowSpec windows) {
    PCollectionTuple out =
        blocks.apply(
            name,
            ParDo.of(
                    new PreAggregate.OfBlocks(AGGREGATION, PayloadReader.plain(), shuffle, windows))
                .withOutputTags(PreAggregate.PARTIALS, TupleTagList.of(PreAggregate.DEAD_LETTERS)));
    out.get(PreAggregate.DEAD_LETTERS).setCoder(DeadLetterCoder.of());
    return out.get(PreAggregate.PARTIALS)
        .setCoder(KvCoder.of(ByteArrayCoder.of(), PartialBlock.PartialBlockCoder.of()))
        .apply("Stamped " + name, Reify.timestamps())
        .apply(
            "Times " + name,
            MapElements.into(TypeDescriptor.of(Instant.class)).via(TimestampedValue::getTimestamp));
  }

  private void givesTheSameAsThePublicFace(Optional<WindowSpec> windows) {
    List<Event> events = events(1, 3000);
    PCollection<Event> stamped = pipeline.apply(Create.timestamped(stamped(events)));

    PCollection<String> publicly =
        rowsOf("public", stamped.apply("Public", new PublicFace(windows)));
    PCollection<String> onBlocks = rowsOf("blocks", stamped.apply("Blocks", new OnBlocks(windows)));

    PAssert.that(PCollectionList.of(publicly).and(onBlocks).apply(Flatten.pCollections()))
        .satisfies(
            all -> {
              List<String> first = new ArrayList<>();
              List<String> second = new ArrayList<>();
              all.forEach(
                  row ->
                      (row.startsWith("public") ? first : second)
                          .add(row.substring("public".length())));
              first.sort(null);
              second.sort(null);
              assertThat(first.size() >= 4, is(true));
              assertThat(second, is(first));
              return null;
            });
    pipeline.run();
  }

  private static PCollection<String> rowsOf(String name, PCollection<Row> rows) {
    return rows.apply(name, MapElements.into(TypeDescriptors.strings()).via(row -> name + row))
        .apply("Together " + name, Window.into(new GlobalWindows()));
  }

  /** Events of four pages over some minutes, half of them in busy seconds. */
  private static List<Event> events(int seed, int count) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long second =
          random.nextBoolean() ? random.nextInt(600) - 300 : 10 * random.nextInt(30) - 150;
      String page = new String[] {"\"A\"", "\"B\"", "\"\"", "null"}[random.nextInt(4)];
      events.add(
          event(
              "e" + i,
              second,
              "{\"page\":" + page + ",\"x\":" + random.nextInt(100_000) / 100.0 + "}"));
    }
    return events;
  }

  private static List<Object> keyOf(Row row) {
    List<Object> key = new ArrayList<>();
    key.add(row.getDateTime("window_start"));
    key.add(row.getValue("page"));
    return key;
  }

  private static final class PublicFace extends PTransform<PCollection<Event>, PCollection<Row>> {
    private static final long serialVersionUID = 1L;
    private final transient Optional<WindowSpec> windows;

    PublicFace(Optional<WindowSpec> windows) {
      this.windows = windows;
    }

    @Override
    public PCollection<Row> expand(PCollection<Event> events) {
      PCollection<Event> windowed =
          windows.isPresent() ? events.apply(Windows.of(windows.get())) : events;
      return windowed.apply(AggregateEvents.of(AGGREGATION)).output();
    }
  }

  private static final class OnBlocks extends PTransform<PCollection<Event>, PCollection<Row>> {
    private static final long serialVersionUID = 1L;
    private final transient Optional<WindowSpec> windows;

    OnBlocks(Optional<WindowSpec> windows) {
      this.windows = windows;
    }

    @Override
    public PCollection<Row> expand(PCollection<Event> events) {
      return events
          .apply("Blocks", ParDo.of(new InBlocks()))
          .apply("Aggregate", AggregateEvents.onBlocks(AGGREGATION, PayloadReader.plain(), windows))
          .output()
          .apply("Rows", FlatMapElements.into(TypeDescriptors.rows()).via(block -> block))
          .setRowSchema(AGGREGATION.schema(windows.isPresent()));
    }
  }

  /** Blocks of up to seven events of a bundle, at their earliest time, as sources make them. */
  private static final class InBlocks extends DoFn<Event, EventBlock> {
    private transient EventBlock.Builder block;
    private transient int count;

    @StartBundle
    public void start() {
      block = new EventBlock.Builder();
      count = 0;
    }

    @ProcessElement
    public void process(@Element Event event, OutputReceiver<EventBlock> out) {
      block.add(event);
      if (++count % 7 == 0) {
        EventBlock full = block.build();
        out.outputWithTimestamp(full, Instant.ofEpochMilli(full.minMillis()));
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (!block.isEmpty()) {
        EventBlock rest = block.build();
        context.output(rest, Instant.ofEpochMilli(rest.minMillis()), GlobalWindow.INSTANCE);
      }
    }

    @Override
    @SuppressWarnings("deprecation") // As the sources do.
    public org.joda.time.Duration getAllowedTimestampSkew() {
      return AnyTime.SKEW;
    }
  }
}
