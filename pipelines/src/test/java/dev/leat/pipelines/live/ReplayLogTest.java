package dev.leat.pipelines.live;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Json;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import dev.leat.testing.fixtures.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Back into the log: poison, dead letter, repaired mapping, replay, and the table is right. */
public class ReplayLogTest {
  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private static final String FORMER =
      """
      name: visits
      events: {format: jsonl, type: visit, id: /id, time: /time, tenant: /site}
      deduplicate: {horizon: 1d}
      window: {fixed: 1h}
      aggregate: {by: [/site], measures: {visits: count}}
      """;
  private static final String POISON = "{\"id\":\"2\",  \"time\":\"2026-01-01T00:20:00Z\"}";
  private static final String BROKEN = "{broken \u6c34";

  @Test
  public void poisonBecomesRowsWhenItsMappingIsRepairedAndItIsReplayed() throws Exception {
    Path former = write("former.yaml", FORMER);
    Path repaired = write("repaired.yaml", FORMER.replace(", tenant: /site", ""));
    kafka.createTopic("visits", 1);
    send(
        "visits",
        "{\"id\":\"1\",\"time\":\"2026-01-01T00:10:00Z\",\"site\":\"a\"}",
        POISON,
        BROKEN,
        POISON);
    ingest(former, "visits", 0);

    Ran first = replay("visits", "--reason=missing-field", "--rate=1000/s");
    List<ConsumerRecord<byte[], byte[]>> replayed = read("visits", 4);
    ingest(repaired, "visits", 0);
    run(repaired);
    List<Map<String, String>> table = table();
    Ran second = replay("visits", "--reason=missing-field");
    ingest(repaired, "visits", 0);
    run(repaired);

    assertThat(first.code(), is(0));
    assertThat(
        first.json().path("counts").toString(),
        is("{\"read\":3,\"filtered\":1,\"repeats\":1,\"replayed\":1}"));
    assertThat(replayed, hasSize(1));
    assertThat(replayed.get(0).value(), is(POISON.getBytes(UTF_8)));
    assertThat(header(replayed.get(0), "leat_attempt"), is("1"));
    assertThat(header(replayed.get(0), "leat_replay"), is(first.json().path("run").asText()));
    assertThat(
        table,
        containsInAnyOrder(
            Map.of("site", "a", "visits", "1"), Map.of("site", "null", "visits", "1")));
    // Raw keeps what came twice; the table has it once.
    assertThat(second.count("replayed"), is(1L));
    assertThat(
        Rows.columns(Rows.ofLake(lake("raw")), "id", "ingest_offset"),
        contains(
            Map.of("id", "1", "ingest_offset", "0"),
            Map.of("id", "2", "ingest_offset", "4"),
            Map.of("id", "2", "ingest_offset", "5")));
    assertThat(table(), is(table));
  }

  @Test
  public void attemptsAreCountedAndCapped() throws Exception {
    Path former = write("former.yaml", FORMER);
    kafka.createTopic("capped", 1);
    send("capped", "{\"id\":\"1\",\"time\":\"2026-01-01T00:10:00Z\",\"site\":\"a\"}", BROKEN);
    ingest(former, "capped", 0);

    for (int attempt = 1; attempt <= 2; attempt++) {
      Ran ran = replay("capped", "--maxAttempts=2");
      assertThat(ran.code(), is(0));
      assertThat(ran.count("replayed"), is(1L));
      assertThat(header(read("capped", attempt + 1).get(0), "leat_attempt"), is("" + attempt));
      ingest(former, "capped", 0);
    }
    Ran last = replay("capped", "--maxAttempts=2");
    Ran more = replay("capped", "--maxAttempts=3", "--dryRun");

    assertThat(last.code(), is(20));
    assertThat(last.count("given_up"), is(1L));
    assertThat(last.count("repeats"), is(2L));
    assertThat(read("capped", 4), hasSize(0));
    assertThat(more.count("would_replay"), is(1L));
    List<Map<String, String>> letters = Rows.ofLake(lake("raw_dead_letters"));
    assertThat(
        Rows.columns(letters, "data", "ingest_offset", "attempt"),
        contains(
            Map.of("data", BROKEN, "ingest_offset", "1", "attempt", "0"),
            Map.of("data", BROKEN, "ingest_offset", "2", "attempt", "1"),
            Map.of("data", BROKEN, "ingest_offset", "3", "attempt", "2")));
  }

  @Test
  public void eventsGoBackAsTheyWereReadByTheirMapping() throws Exception {
    Path workflow = write("former.yaml", FORMER);
    kafka.createTopic("whence", 1);
    kafka.createTopic("whither", 1);
    String spaced = "{\"id\":\"1\",  \"time\":\"2026-01-01T00:10:00Z\",\"site\":\"a\"}";
    send("whence", spaced, "{\"id\":\"2\",\"time\":\"2026-01-01T00:10:00Z\",\"site\":\"b\"}");
    ingest(workflow, "whence", 0);

    Ran payloads =
        leat(
            "replay",
            workflow,
            "--source=" + lake("raw"),
            "--tenant=a",
            "--sink=" + log("whither"),
            "--output=json");
    Ran cloudEvents =
        leat(
            "replay",
            "--source=" + lake("raw"),
            "--tenant=a",
            "--sink=" + log("whither"),
            "--output=json");

    assertThat(payloads.count("replayed"), is(1L));
    assertThat(cloudEvents.count("replayed"), is(1L));
    List<ConsumerRecord<byte[], byte[]>> records = read("whither", 0);
    assertThat(records, hasSize(2));
    assertThat(records.get(0).value(), is(spaced.getBytes(UTF_8)));
    assertThat(new String(records.get(0).key(), UTF_8), is("a"));
    JsonNode event = Json.parse(records.get(1).value());
    assertThat(event.path("id").asText(), is("1"));
    assertThat(event.path("source").asText(), is("visits"));
    assertThat(event.path("time").asText(), is("2026-01-01T00:10:00Z"));
    assertThat(event.path("tenant").asText(), is("a"));
    // Its bytes are kept, which JSON within JSON would not.
    assertThat(event.path("data_base64").binaryValue(), is(spaced.getBytes(UTF_8)));
    assertThat(leat("replay", "--source=" + lake("raw"), "--sink=" + log("absent")).code(), is(4));
  }

  private void ingest(Path workflow, String topic, int code) {
    Ran ran =
        leat("ingest", workflow, "--source=" + log(topic) + "?until=now", "--sink=" + lake("raw"));
    assertThat(ran.err(), ran.code(), is(code));
  }

  private void run(Path workflow) {
    Ran ran = leat("run", workflow, "--source=" + lake("raw"), "--sink=" + lake("hourly"));
    assertThat(ran.err(), ran.code(), is(0));
  }

  private Ran replay(String topic, String... options) {
    Object[] words = new Object[options.length + 4];
    words[0] = "replay";
    words[1] = "--source=" + lake("raw_dead_letters");
    words[2] = "--sink=" + log(topic);
    words[3] = "--output=json";
    System.arraycopy(options, 0, words, 4, options.length);
    return leat(words);
  }

  private List<Map<String, String>> table() {
    return Rows.columns(Rows.ofLake(lake("hourly")), "site", "visits");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.getRoot().toPath().resolve(name), text);
  }

  private String lake(String table) {
    return "lake://" + folder.getRoot() + "/lake/" + table;
  }

  private static String log(String topic) {
    return "kafka://" + kafka.bootstrapServers() + "/" + topic;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  /** What is in the one partition from an offset to its end. */
  private static List<ConsumerRecord<byte[], byte[]>> read(String topic, long offset) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      consumer.seek(partition, Math.min(offset, end));
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
      return records;
    }
  }

  private static void send(String topic, String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String value : values) {
        producer
            .send(new ProducerRecord<>(topic, 0, null, value.getBytes(UTF_8)))
            .get(60, TimeUnit.SECONDS);
      }
    }
  }
}
