package dev.leat.io.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.Row;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.joda.time.Instant;
import org.junit.ClassRule;
import org.junit.Test;

public class KafkaSinkTest {
  private static final Schema TABLE =
      Schema.builder()
          .addDateTimeField("window_start")
          .addNullableField("page", Schema.FieldType.STRING)
          .addInt64Field("edits")
          .build();
  private static final Schema LIVE = LiveRows.schema(TABLE);
  private static final Instant HOUR = Instant.parse("2015-09-12T13:00:00Z");

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  @Test
  public void writesBoundedRowsAsJsonWithoutKey() throws Exception {
    Topic topic = new Topic(kafka, 2);

    write(
        TABLE,
        sink(topic, "", bounded()).write(),
        List.of(row(TABLE, HOUR, "a", 1L), row(TABLE, HOUR, null, 2L)));

    assertThat(
        messages(topic, 2),
        containsInAnyOrder(
            "null {\"window_start\":\"2015-09-12T13:00:00Z\",\"page\":\"a\",\"edits\":1} []",
            "null {\"window_start\":\"2015-09-12T13:00:00Z\",\"page\":null,\"edits\":2} []"));
  }

  @Test
  public void writesLiveRowsWithKeyAndRevision() throws Exception {
    Topic topic = new Topic(kafka, 2);

    writeLiveRows(topic, "");

    assertThat(messages(topic, 2), containsInAnyOrder(liveMessages()));
  }

  @Test
  public void writesLiveRowsInTransactions() throws Exception {
    Topic topic = new Topic(kafka, 2);

    writeLiveRows(topic, "?exactlyOnce=true&shards=2&transactionTimeout=1m");

    assertThat(messages(topic, 2), containsInAnyOrder(liveMessages()));
    // Each transaction's end takes an offset.
    assertThat(ends(topic) > 2, equalTo(true));
  }

  @Test
  public void failsIfAMessageCannotBeWritten() throws Exception {
    // The broker refuses it, after it was sent.
    Topic topic = new Topic(kafka, 2, Map.of("max.message.bytes", "1000"));
    RowSink sink = sink(topic, "", live());
    Row tooLarge = row(LIVE, HOUR, "a".repeat(10_000), 5L, 7L);

    Pipeline.PipelineExecutionException failure =
        assertThrows(
            Pipeline.PipelineExecutionException.class,
            () -> write(LIVE, sink.writeLive(), List.of(tooLarge)));

    assertThat(failure.getMessage(), containsString("cannot be appended to"));
  }

  /** What Kafka gives a message by itself is two minutes. */
  @Test(timeout = 60_000)
  public void closesSoonWhileTheBrokerIsAway() {
    TopicAddress address = TopicAddress.of(ConnectorUri.parse(new Topic(kafka, 2).uri()));
    WriteMessages step =
        new WriteMessages(
            new ClientSettings(address, null), new RowMessages(address.topic(), null));
    RowBlock rows = RowBlock.of(List.of(row(TABLE, HOUR, "a", 1L)));
    step.start();
    step.process(rows);
    step.finish();

    kafka.pause();
    try {
      step.start();
      step.process(rows);
      step.close();
    } finally {
      kafka.resume();
    }
  }

  @Test
  public void namesTransactionsByWorkflowAndTopicSoThatARunCanGoOn() throws Exception {
    Topic topic = new Topic(kafka, 2);
    String exactlyOnce = "?exactlyOnce=true";

    assertThat(group(sink(topic, exactlyOnce, live())), equalTo("leat-edits-hourly." + topic.name));
    assertThat(group(sink(topic, exactlyOnce, bounded())), equalTo("leat-run-1"));
    assertThat(group(sink(topic, exactlyOnce + "&group=mine", live())), equalTo("mine"));
  }

  @Test
  public void refusesToBeginAnewWhereAnEarlierRunWroteExactlyOnce() throws Exception {
    Topic topic = new Topic(kafka, 2);
    String exactlyOnce = "?exactlyOnce=true";
    writeLiveRows(topic, exactlyOnce);

    UsageException refusal =
        assertThrows(UsageException.class, () -> sink(topic, exactlyOnce, live()));

    String group = "leat-edits-hourly." + topic.name;
    assertThat(
        refusal.getMessage(),
        equalTo(
            topic.uri()
                + ": an earlier run has written with group "
                + group
                + "; go on from its saved state (on Flink --savepointPath), or, to write all anew"
                + " beside what it wrote, give another name: group=NAME"));
    assertThat(group(sink(topic, exactlyOnce, live().resumed())), equalTo(group));
    assertThat(group(sink(topic, exactlyOnce + "&group=other", live())), equalTo("other"));
    // Another topic's transactions are of no concern.
    sink(new Topic(kafka, 2), exactlyOnce + "&group=" + group, live());
  }

  @Test
  public void refusesTopicThatIsNotThere() {
    String uri = "kafka://" + kafka.bootstrapServers() + "/nowhere";

    UnreachableException refusal =
        assertThrows(
            UnreachableException.class,
            () -> Connectors.load().sink(ConnectorUri.parse(uri), bounded()));

    assertThat(
        refusal.getMessage(),
        equalTo(kafka.bootstrapServers() + " has no topic nowhere; create it first"));
  }

  private static String[] liveMessages() {
    return new String[] {
      "[\"2015-09-12T13:00:00Z\",\"a\"]"
          + " {\"window_start\":\"2015-09-12T13:00:00Z\",\"page\":\"a\",\"edits\":5}"
          + " [leat_revision=7]",
      "[\"2015-09-12T13:00:00Z\",null]"
          + " {\"window_start\":\"2015-09-12T13:00:00Z\",\"page\":null,\"edits\":2}"
          + " [leat_revision=2]"
    };
  }

  private static void writeLiveRows(Topic topic, String parameters) {
    write(
        LIVE,
        sink(topic, parameters, live()).writeLive(),
        List.of(row(LIVE, HOUR, "a", 5L, 7L), row(LIVE, HOUR, null, 2L, 2L)));
  }

  private static SinkRequest bounded() {
    return SinkRequest.of("run-1", TABLE, Optional.empty(), Map.of("workflow", "edits-hourly"));
  }

  private static SinkRequest live() {
    return bounded().withLive(LiveRows.replacedBy(List.of("window_start", "page")));
  }

  private static String group(RowSink sink) {
    return Objects.requireNonNull(((KafkaSink) sink).settings().transactions()).group();
  }

  private static RowSink sink(Topic topic, String parameters, SinkRequest request) {
    return Connectors.load().sink(ConnectorUri.parse(topic.uri() + parameters), request);
  }

  private static void write(
      Schema schema, PTransform<PCollection<RowBlock>, ? extends POutput> writing, List<Row> rows) {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(Create.of(List.of(RowBlock.of(rows))).withCoder(RowBlockCoder.of(schema)))
        .apply("Write", writing);
    pipeline.run().waitUntilFinish();
  }

  private static Row row(Schema schema, Object... values) {
    return Row.withSchema(schema).addValues(values).build();
  }

  /** {@code key value [header=value]} of what is committed. */
  private static List<String> messages(Topic topic, int count) {
    List<String> messages = new ArrayList<>();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed");
        KafkaConsumer<byte[], byte[]> all = consumer("read_uncommitted")) {
      consumer.assign(partitions(topic));
      consumer.seekToBeginning(partitions(topic));
      // Not the end of what is committed: Kafka answers a commit before its mark is there.
      Map<TopicPartition, Long> ends = all.endOffsets(partitions(topic));
      // To the end, so that one too many is seen too.
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        assertThat("messages: " + messages, System.nanoTime() < deadline);
        consumer.poll(Duration.ofMillis(200)).forEach(record -> messages.add(text(record)));
      }
    }
    assertThat(messages.toString(), messages.size(), equalTo(count));
    return messages;
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    List<String> headers = new ArrayList<>();
    record.headers().forEach(h -> headers.add(h.key() + "=" + new String(h.value(), UTF_8)));
    String key = record.key() == null ? "null" : new String(record.key(), UTF_8);
    return key + " " + new String(record.value(), UTF_8) + " " + headers;
  }

  private static long ends(Topic topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
      return consumer.endOffsets(partitions(topic)).values().stream().mapToLong(end -> end).sum();
    }
  }

  private static List<TopicPartition> partitions(Topic topic) {
    return Stream.of(0, 1).map(number -> new TopicPartition(topic.name, number)).toList();
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", isolation),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
