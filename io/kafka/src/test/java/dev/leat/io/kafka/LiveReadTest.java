package dev.leat.io.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import com.google.common.base.Throwables;
import dev.leat.block.RecordBlock;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.ClassRule;
import org.junit.Test;

public class LiveReadTest {
  private static final long PATIENCE_MS = 120_000;
  private static final Mapping MAPPING =
      Mapping.of(Mapping.Format.JSON, "test", FieldRef.parse("/t"));

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  @Test
  public void readsWhatWasThereAndWhatComesInTheOrderOfOffsets() throws Exception {
    Topic topic = new Topic(kafka, 2);
    topic.write(0, events(0, 20));
    topic.write(1, events(0, 3));

    List<String> records =
        readLive(topic, "", new Offsets(), Map.of(23, () -> topic.write(0, events(20, 25))), 28);

    assertThat(
        records, equalTo(concat(numbered(0, 0, events(0, 25)), numbered(1, 0, events(0, 3)))));
  }

  @Test
  public void goesOnWhereTheTableStands() throws Exception {
    Topic topic = new Topic(kafka, 3);
    topic.write(0, events(0, 6));
    topic.write(1, events(0, 4));
    topic.write(2, events(0, 2));
    Offsets taken = new Offsets();
    taken.add(topic.origin(), 0, 0, 3);
    taken.add(topic.origin(), 0, 4);
    taken.add(topic.origin(), 1, 0, 4);

    List<String> records = readLive(topic, "", taken, Map.of(), 4);

    assertThat(
        records,
        equalTo(
            List.of("0:3 " + event(3), "0:5 " + event(5), "2:0 " + event(0), "2:1 " + event(1))));
  }

  @Test
  public void beginsBehindTheNewestRecordWhereAsked() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, events(0, 5));

    Pipeline pipeline = pipeline(topic, "?start=latest&group=watcher", new Offsets());
    topic.write(0, events(5, 7));
    List<String> records = run(topic, pipeline, Map.of(), 2);

    assertThat(records, equalTo(numbered(0, 5, events(5, 7))));
  }

  @Test
  public void survivesTombstonesNullHeadersAndWhatIsNoEvent() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, event(1), null, "{", "{\"t\":\"9999-01-01T00:00:00Z\"}");
    topic.writeWithHeaderWithoutValue(0, event(2));

    List<String> records = readLive(topic, "", new Offsets(), Map.of(), 5);

    assertThat(
        records,
        equalTo(
            List.of(
                "0:0 " + event(1),
                "0:1  ! no value (a tombstone)",
                "0:2 {",
                "0:3 {\"t\":\"9999-01-01T00:00:00Z\"}",
                "0:4 " + event(2))));
  }

  @Test
  public void aReplayedRecordCarriesItsAttempt() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, event(1));
    topic.writeWithAttempt(0, "2", event(2));
    topic.writeWithAttempt(0, "2", event(3));
    topic.writeWithAttempt(0, "-1", event(4));
    topic.write(0, event(5));

    List<String> records = readLive(topic, "", new Offsets(), Map.of(), 5);

    assertThat(
        records,
        equalTo(
            List.of(
                "0:0 " + event(1),
                "0:1 " + event(2) + " # 2",
                "0:2 " + event(3) + " # 2",
                "0:3 " + event(4),
                "0:4 " + event(5))));
  }

  @Test
  public void blocksTravelAtTheirLeastEventTime() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, event(7), event(5), event(9));

    readLive(topic, "", new Offsets(), Map.of(), 3);

    Received.Block first = Received.blocks(topic.name).get(0);
    Instant least =
        first.block().count() == 1
            ? Instant.parse("2015-09-12T00:00:07Z")
            : Instant.parse("2015-09-12T00:00:05Z");
    assertThat(first.timestamp(), equalTo(least));
  }

  @Test
  public void failsWhenRecordsExpireBeforeTheyAreRead() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, events(0, 5));
    Pipeline pipeline = pipeline(topic, "", new Offsets());
    topic.expire(0, 4);

    Exception failure = assertThrows(Exception.class, () -> run(topic, pipeline, Map.of(), 1));

    assertThat(
        messages(failure),
        containsString(
            "partition 0 is retained from offset 4, but the first one not yet taken is 0"));
  }

  @Test
  public void aCheckpointWinsOverTheStart() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, events(0, 5));
    TopicPartition partition = new TopicPartition(topic.name, 0);
    SourceSettings settings =
        SourceSettings.of(ConnectorUri.parse(topic.uri()), SourceRequest.defaults());
    LiveConsumers consumers = new LiveConsumers(settings, Map.of(0, 2L), new LiveTopic(settings));

    // What a fresh reader does, and one that was restored.
    long fresh;
    long restored;
    try (Consumer<byte[], byte[]> consumer = consumers.apply(Map.of())) {
      consumer.assign(List.of(partition));
      fresh = consumer.position(partition);
    }
    try (Consumer<byte[], byte[]> consumer = consumers.apply(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, 4);
      restored = consumer.poll(java.time.Duration.ofMinutes(1)).iterator().next().offset();
    }

    assertThat(fresh, is(2L));
    assertThat(restored, is(4L));
  }

  @Test
  public void idlePartitionFollowsTheNewestRecordsOfOneThatIsReadElsewhere() throws Exception {
    Topic topic = new Topic(kafka, 2);
    topic.write(1, event(1));
    TopicPartition partition = new TopicPartition(topic.name, 0);
    SourceSettings settings =
        SourceSettings.of(
            ConnectorUri.parse(topic.uri() + "?idle=30s&disorder=10s"),
            SourceRequest.defaults().withMapping(MAPPING));
    AtomicLong now = new AtomicLong();
    LiveTopic shared = new LiveTopic(settings, now::get);
    PartitionWatermark watermark = shared.open(0, OptionalLong.empty());
    LiveConsumers consumers = new LiveConsumers(settings, Map.of(0, 0L, 1, 0L), shared);

    try (Consumer<byte[], byte[]> reader = consumers.apply(Map.of());
        Consumer<byte[], byte[]> watcher = consumers.apply(Map.of())) {
      reader.assign(List.of(partition));
      reader.poll(java.time.Duration.ofMillis(100));
      now.set(30_000);
      watcher.endOffsets(List.of(partition));
      assertThat(watermarkOf(shared, watermark), equalTo(BoundedWindow.TIMESTAMP_MIN_VALUE));
      watcher.endOffsets(List.of(partition));
      topic.write(1, event(30), event(29), "{", "{\"t\":\"9999-01-01T00:00:00Z\"}");
      now.set(45_000);
      assertThat(watermarkOf(shared, watermark), equalTo(BoundedWindow.TIMESTAMP_MIN_VALUE));
      watcher.endOffsets(List.of(partition));
    }

    assertThat(watermarkOf(shared, watermark), equalTo(Instant.parse("2015-09-12T00:00:20Z")));
  }

  private static Instant watermarkOf(LiveTopic topic, PartitionWatermark partition) {
    return Instant.ofEpochMilli(topic.current(0, partition));
  }

  /** The DirectRunner does this now and then, Flink at every checkpoint. */
  @Test
  public void checkpointsCanBeWrittenAndRead() throws Exception {
    Topic topic = new Topic(kafka, 2);
    topic.write(0, events(0, 5));
    topic.write(1, events(0, 5));
    LiveSource source = (LiveSource) sourceOf(pipeline(topic, "", new Offsets()));

    List<String> offsets = readInPieces(SerializableUtils.clone(source), 10);

    assertThat(
        offsets,
        equalTo(List.of("0:0", "0:1", "0:2", "0:3", "0:4", "1:0", "1:1", "1:2", "1:3", "1:4")));
  }

  /** Reads with a new reader, from the checkpoint of the last, after every block. */
  private static List<String> readInPieces(LiveSource whole, int count) throws Exception {
    LiveSource source =
        SerializableUtils.clone(whole.split(1, PipelineOptionsFactory.create()).get(0));
    List<String> offsets = new ArrayList<>();
    LiveMark mark = null;
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (offsets.size() < count) {
      try (UnboundedSource.UnboundedReader<RecordBlock> reader =
          source.createReader(PipelineOptionsFactory.create(), mark)) {
        int before = offsets.size();
        boolean hasBlock = reader.start();
        while (true) {
          if (hasBlock) {
            reader
                .getCurrent()
                .forEach(record -> offsets.add(record.partition() + ":" + record.offset()));
            if (offsets.size() > before) {
              break;
            }
          }
          assertThat("records after 120 s: " + offsets, System.nanoTime() < deadline);
          hasBlock = reader.advance();
        }
        mark =
            CoderUtils.clone(
                source.getCheckpointMarkCoder(), (LiveMark) reader.getCheckpointMark());
      }
    }
    offsets.sort(Comparator.naturalOrder());
    return offsets;
  }

  @Test
  public void aReaderBeginsAtTheWatermarkOfTheCheckpointWithAnEmptyBlock() throws Exception {
    Topic topic = new Topic(kafka, 1);
    LiveSource source = (LiveSource) sourceOf(pipeline(topic, "", new Offsets()));
    LiveMark.Partition at = new LiveMark.Partition(0, 0, 1_442_016_000_000L);

    try (UnboundedSource.UnboundedReader<RecordBlock> reader =
        source.createReader(
            PipelineOptionsFactory.create(), LiveMark.of(List.of(at), unused -> {}))) {
      assertThat(reader.start(), is(true));
      assertThat(reader.getCurrent().count(), is(0));
      assertThat(reader.getCurrentTimestamp(), equalTo(Instant.parse("2015-09-12T00:00:00Z")));
      assertThat(reader.getWatermark(), equalTo(Instant.parse("2015-09-12T00:00:00Z")));
      assertThat(((LiveMark) reader.getCheckpointMark()).partitions(), equalTo(List.of(at)));
    }
  }

  /** For lag monitoring; nothing begins there. */
  @Test
  public void commitsToTheGroupWhatACompleteCheckpointHas() throws Exception {
    Topic topic = new Topic(kafka, 1);
    topic.write(0, events(0, 5));
    LiveSource source = (LiveSource) sourceOf(pipeline(topic, "?group=lag", new Offsets()));
    TopicPartition partition = new TopicPartition(topic.name, 0);

    try (UnboundedSource.UnboundedReader<RecordBlock> reader =
            source.createReader(PipelineOptionsFactory.create(), null);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      reader.start();
      long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
      while (((LiveMark) reader.getCheckpointMark()).partitions().get(0).next() < 5) {
        assertThat("all is read", System.nanoTime() < deadline);
        reader.advance();
      }
      reader.getCheckpointMark().finalizeCheckpoint();
      long committed = 0;
      while (committed < 5) {
        assertThat("committed after 120 s: " + committed, System.nanoTime() < deadline);
        OffsetAndMetadata offset =
            admin
                .listConsumerGroupOffsets("lag")
                .partitionsToOffsetAndMetadata()
                .get()
                .get(partition);
        committed = offset == null ? 0 : offset.offset();
      }
      assertThat(committed, is(5L));
    }
  }

  @Test
  public void splitsByPartitions() throws Exception {
    Topic topic = new Topic(kafka, 5);
    LiveSource source = (LiveSource) sourceOf(pipeline(topic, "", new Offsets()));

    assertThat(
        partitionsOf(source.split(2, PipelineOptionsFactory.create())),
        equalTo(List.of(Set.of(0, 2, 4), Set.of(1, 3))));
    assertThat(
        partitionsOf(source.split(128, PipelineOptionsFactory.create())),
        equalTo(List.of(Set.of(0), Set.of(1), Set.of(2), Set.of(3), Set.of(4))));
  }

  private static List<Set<Integer>> partitionsOf(List<LiveSource> sources) {
    return sources.stream().map(source -> source.starts().keySet()).map(Set::copyOf).toList();
  }

  /** What is read, as the job graph holds it. */
  static UnboundedSource<?, ?> sourceOf(Pipeline pipeline) {
    List<UnboundedSource<?, ?>> sources = new ArrayList<>();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof Read.Unbounded<?> read) {
              sources.add(read.getSource());
            }
          }

          @Override
          public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof Read.Unbounded<?> read) {
              sources.add(read.getSource());
            }
            return CompositeBehavior.ENTER_TRANSFORM;
          }
        });
    return sources.get(0);
  }

  private interface Step {
    void run() throws Exception;
  }

  private static List<String> readLive(
      Topic topic, String parameters, Offsets taken, Map<Integer, Step> steps, int count)
      throws Exception {
    return run(topic, pipeline(topic, parameters, taken), steps, count);
  }

  private static Pipeline pipeline(Topic topic, String parameters, Offsets taken) {
    SourceRequest request = SourceRequest.defaults().withMapping(MAPPING);
    Source.OfLog source =
        (Source.OfLog)
            Connectors.load().source(ConnectorUri.parse(topic.uri() + parameters), request);
    DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
    options.setBlockOnRun(false);
    options.setTargetParallelism(2);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(source.read(taken)).apply(ParDo.of(new Received(topic.name)));
    return pipeline;
  }

  /** Runs until so many records came, each step when there are as many as its key says. */
  private static List<String> run(
      Topic topic, Pipeline pipeline, Map<Integer, Step> steps, int count) throws Exception {
    PipelineResult result = pipeline.run();
    try {
      for (Map.Entry<Integer, Step> step : steps.entrySet()) {
        await(topic, result, step.getKey());
        step.getValue().run();
      }
      await(topic, result, count);
    } finally {
      if (!result.getState().isTerminal()) {
        result.cancel();
      }
    }
    return Received.records(topic.name);
  }

  private static void await(Topic topic, PipelineResult result, int count) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (Received.records(topic.name).size() < count) {
      assertThat(
          "records after 120 s: " + Received.records(topic.name), System.nanoTime() < deadline);
      // Throws if the pipeline failed.
      result.waitUntilFinish(Duration.millis(100));
    }
  }

  private static String event(int second) {
    return String.format("{\"t\":\"2015-09-12T00:00:%02dZ\"}", second);
  }

  private static String[] events(int from, int to) {
    return IntStream.range(from, to).mapToObj(LiveReadTest::event).toArray(String[]::new);
  }

  private static List<String> numbered(int partition, int start, String... values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> partition + ":" + (start + i) + " " + values[i])
        .toList();
  }

  private static List<String> concat(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private static String messages(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .map(Throwable::toString)
        .collect(Collectors.joining("\n"));
  }
}
