package dev.leat.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.google.common.primitives.Ints;
import dev.leat.aggregate.AggregateEvents;
import dev.leat.aggregate.Aggregation;
import dev.leat.aggregate.Measure;
import dev.leat.block.EvenKeys;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RowBlock;
import dev.leat.dedup.DropDuplicates;
import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.window.WindowSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.adapter.FlinkKey;
import org.apache.beam.runners.flink.translation.types.EncodedValueComparator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.flink.runtime.operators.shipping.OutputEmitter;
import org.apache.flink.runtime.operators.shipping.ShipStrategyType;
import org.apache.flink.runtime.plugable.SerializationDelegate;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** That Flink itself, with Beam's keys, gives its tasks as much as each other. */
public class EvenKeysTest {
  private static final int BLOCKS = 40;
  private static final int EVENTS_IN_ALL = 20_000;
  private static final Pattern TASK = Pattern.compile("\\((\\d+)/\\d+\\)");

  /** By task, in this process. */
  private static final Map<String, Integer> EVENTS = new ConcurrentHashMap<>();

  private static final Map<String, Integer> ROWS = new ConcurrentHashMap<>();
  private static volatile CountDownLatch allRows = new CountDownLatch(0);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Before
  public void forgetEarlierRuns() {
    EVENTS.clear();
    ROWS.clear();
    allRows = new CountDownLatch(EVENTS_IN_ALL);
  }

  @Test
  public void spreadsABoundedRunsKeys() {
    for (int tasks : List.of(1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 24, 30, 32, 40, 48, 60, 64)) {
      evenly(
          EvenKeys.bounded(64, VarIntCoder.of(), Integer::valueOf),
          tasks,
          key -> boundedTask(encode(VarIntCoder.of(), key), tasks));
    }
  }

  @Test
  public void spreadsALiveRunsKeys() {
    for (int tasks = 1; tasks <= 64; tasks++) {
      int all = tasks;
      evenly(
          EvenKeys.live(64, VarIntCoder.of(), Integer::valueOf),
          all,
          key -> liveTask(VarIntCoder.of(), key, all));
      evenly(
          EvenKeys.live(32, ByteArrayCoder.of(), i -> Ints.toByteArray(i * 0x9E3779B9)),
          all,
          key -> liveTask(ByteArrayCoder.of(), key, all));
    }
  }

  @Test
  public void spreadsDaysInARow() {
    List<String> keys = new ArrayList<>();
    for (int day = 0; day < 90; day++) {
      keys.add(EvenKeys.atPlace(day, "date=" + LocalDate.ofEpochDay(day)));
    }

    for (int tasks : List.of(2, 3, 4, 8, 16)) {
      evenly(keys, tasks, key -> boundedTask(key.getBytes(StandardCharsets.UTF_8), tasks));
    }
  }

  @Test
  public void givesTheTasksOfABoundedRunAsManyEventsAndRows() {
    Pipeline pipeline = pipeline(false);
    count(
        pipeline.apply(
            Create.of(IntStream.range(0, BLOCKS).mapToObj(EvenKeysTest::block).toList())
                .withCoder(EventBlockCoder.of())));

    pipeline.run().waitUntilFinish();

    // Shards have 312 and 625, give or take. By number one task would have 9 shards of 64, one 25.
    differByLessThanATenth(EVENTS);
    differByLessThanATenth(ROWS);
  }

  @Test
  public void givesTheTasksOfALiveRunAsManyEventsAndRows() throws Exception {
    Pipeline pipeline = pipeline(true);
    count(
        pipeline
            .apply(
                GenerateSequence.from(0)
                    .withRate(BLOCKS, org.joda.time.Duration.standardSeconds(1)))
            .apply(Filter.by(number -> number < BLOCKS))
            .apply(
                MapElements.into(TypeDescriptor.of(EventBlock.class))
                    .via(number -> block(number.intValue())))
            .setCoder(EventBlockCoder.of()));

    PipelineResult run = pipeline.run();
    try {
      assertThat("all rows within a minute", allRows.await(1, TimeUnit.MINUTES));
    } finally {
      run.cancel();
    }

    differByLessThanATenth(EVENTS);
    differByLessThanATenth(ROWS);
  }

  private Pipeline pipeline(boolean live) {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRuns.runner());
    options.setParallelism(4);
    options.setAttachedMode(!live);
    options.setStateBackendStoragePath(folder.getRoot().toURI().toString());
    assertThat(FlinkRuns.prepare(options, live, Set.of("parallelism")), is(empty()));
    return Pipeline.create(options);
  }

  /** Drops repeats, and gives each event a row of its own. */
  private static void count(PCollection<EventBlock> blocks) {
    Aggregation counts =
        Aggregation.of(Map.of("n", FieldRef.parse("/n")), Map.of("count", Measure.count()));
    blocks
        .apply("Drop repeats", DropDuplicates.byId().within(Duration.ofDays(1)).onBlocks())
        .output()
        .apply("Count events", ParDo.of(new CountEvents()))
        .apply(
            "Count",
            AggregateEvents.onBlocks(
                counts,
                PayloadReader.plain(),
                Optional.of(WindowSpec.fixed(Duration.ofSeconds(1)))))
        .output()
        .apply("Count rows", ParDo.of(new CountRows()));
  }

  private static void differByLessThanATenth(Map<String, Integer> byTask) {
    assertThat(byTask, is(aMapWithSize(4)));
    Collection<Integer> counts = byTask.values();
    assertThat(byTask.toString(), sum(counts), is(EVENTS_IN_ALL));
    assertThat(
        byTask.toString(),
        Collections.max(counts) - Collections.min(counts),
        is(lessThan(sum(counts) / 4 / 10)));
  }

  private static int sum(Collection<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  private static EventBlock block(int block) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < EVENTS_IN_ALL / BLOCKS; i++) {
      int number = block * (EVENTS_IN_ALL / BLOCKS) + i;
      events.add(
          Event.builder()
              .id("e" + number)
              .source("test")
              .type("test.event")
              .time(Instant.now())
              .data(Payload.utf8("{\"n\":" + number + "}"))
              .build());
    }
    return EventBlock.of(events);
  }

  private static <K> void evenly(List<K> keys, int tasks, ToIntFunction<K> taskOf) {
    int[] counts = new int[tasks];
    keys.forEach(key -> counts[taskOf.applyAsInt(key)]++);
    int most = IntStream.of(counts).max().orElseThrow();
    int least = IntStream.of(counts).min().orElseThrow();
    assertThat("of " + tasks + " tasks", most - least, is(lessThanOrEqualTo(1)));
  }

  private static int boundedTask(byte[] key, int tasks) {
    OutputEmitter<byte[]> emitter =
        new OutputEmitter<>(
            ShipStrategyType.PARTITION_HASH, new EncodedValueComparator(/* ascending= */ true));
    emitter.setup(tasks);
    SerializationDelegate<byte[]> element = new SerializationDelegate<>(null);
    element.setInstance(key);
    return emitter.selectChannel(element);
  }

  private static <K> int liveTask(Coder<K> coder, K key, int tasks) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(FlinkKey.of(key, coder), 128, tasks);
  }

  private static <K> byte[] encode(Coder<K> coder, K key) {
    try {
      return CoderUtils.encodeToByteArray(coder, key);
    } catch (CoderException e) {
      throw new AssertionError(e);
    }
  }

  private static void count(Map<String, Integer> counts, int size) {
    Matcher task = TASK.matcher(Thread.currentThread().getName());
    assertThat(Thread.currentThread().getName(), task.find());
    counts.merge(task.group(1), size, Integer::sum);
  }

  private static final class CountEvents extends DoFn<EventBlock, EventBlock> {
    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<EventBlock> out) {
      count(EVENTS, block.count());
      out.output(block);
    }
  }

  private static final class CountRows extends DoFn<RowBlock, Void> {
    @ProcessElement
    public void process(@Element RowBlock block) {
      count(ROWS, block.rows().size());
      block.forEach(row -> allRows.countDown());
    }
  }
}
