package dev.leat.testing.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Runs a contender that never ends until its table is complete: {@code INPUT OUTPUT SCRATCH
 * COMMAND…}. Its rows are the messages of a topic of its own. In the command {@code @bootstrap@},
 * {@code @topic@}, {@code @rows@} (the topic of the rows), {@code @disorderSeconds@} and {@code
 * @scratch@} stand for what they are.
 *
 * <p>In OUTPUT are then {@code table.jsonl}, and in OUTPUT.told {@code seconds}, from the
 * contender's start to its last new row, and {@code checkpointBytes}, the size of its last
 * checkpoint below {@code SCRATCH/checkpoints}.
 */
final class RunLive {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** More than two checkpoints: so long no row may have come for the table to be complete. */
  private static final long QUIET_SECONDS = 25;

  /** So long none may have come for one that is not complete to be given up. */
  private static final long SILENT_SECONDS = 180;

  private final Map<String, String> rows = new HashMap<>();
  private final Map<String, Long> revisions = new HashMap<>();

  private RunLive() {}

  public static void main(String[] args) throws Exception {
    Properties about = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
      about.load(in);
    }
    Path scratch = Path.of(args[2]);
    String rows = about.getProperty("topic") + "-rows-" + System.nanoTime();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", about.getProperty("bootstrap")))) {
      admin.createTopics(List.of(new NewTopic(rows, 1, (short) 1))).all().get();
    }
    List<String> command =
        Stream.of(args).skip(3).map(word -> filled(word, about, rows, scratch)).toList();
    System.exit(new RunLive().run(command, about, rows, Path.of(args[1]), scratch) ? 0 : 1);
  }

  private static String filled(String word, Properties about, String rows, Path scratch) {
    return word.replace("@bootstrap@", about.getProperty("bootstrap"))
        .replace("@topic@", about.getProperty("topic"))
        .replace("@rows@", rows)
        .replace("@disorderSeconds@", about.getProperty("disorderSeconds"))
        .replace("@scratch@", scratch.toString());
  }

  private boolean run(
      List<String> command, Properties about, String topic, Path output, Path scratch)
      throws IOException, InterruptedException {
    long expected = Long.parseLong(about.getProperty("rows"));
    long start = System.nanoTime();
    long last = start;
    Process contender =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve("contender.log").toFile())
            .start();
    try (KafkaConsumer<String, String> consumer = consumer(about)) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (true) {
        for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(100))) {
          if (take(message)) {
            last = System.nanoTime();
          }
        }
        long quiet = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - last);
        if (quiet >= (rows.size() >= expected ? QUIET_SECONDS : SILENT_SECONDS)) {
          break;
        }
        if (!contender.isAlive()) {
          System.out.println(Files.readString(scratch.resolve("contender.log")));
          return false;
        }
      }
    } finally {
      contender.descendants().forEach(ProcessHandle::destroy);
      contender.destroy();
      if (!contender.waitFor(30, TimeUnit.SECONDS)) {
        contender.descendants().forEach(ProcessHandle::destroyForcibly);
        contender.destroyForcibly();
      }
    }
    Files.createDirectories(output);
    Files.write(output.resolve("table.jsonl"), rows.values());
    Path told = Files.createDirectories(output.resolveSibling("told"));
    Files.writeString(told.resolve("seconds"), Double.toString((last - start) / 1e9));
    Files.writeString(
        told.resolve("checkpointBytes"),
        Long.toString(lastCheckpoint(scratch.resolve("checkpoints"))));
    return true;
  }

  /** Whether it says something new. Of a row that is made anew the latest revision is the row. */
  private boolean take(ConsumerRecord<String, String> message) throws IOException {
    JsonNode row = JSON.readTree(message.value());
    String key = row.path("window_start").asText() + "|" + row.path("origin").asText();
    Header header = message.headers().lastHeader("revision");
    long revision =
        header == null
            ? Long.MAX_VALUE
            : Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
    if (revision < revisions.getOrDefault(key, Long.MIN_VALUE)) {
      return false;
    }
    revisions.put(key, revision);
    return !message.value().equals(rows.put(key, message.value()));
  }

  private static KafkaConsumer<String, String> consumer(Properties about) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", about.getProperty("bootstrap"),
            "isolation.level", "read_committed",
            "key.deserializer", StringDeserializer.class.getName(),
            "value.deserializer", StringDeserializer.class.getName()));
  }

  /** The newest {@code chk-N} that is complete; 0 if there is none. */
  private static long lastCheckpoint(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    List<Path> complete;
    try (Stream<Path> files = Files.walk(checkpoints)) {
      complete =
          files
              .filter(file -> file.getFileName().toString().equals("_metadata"))
              .map(Path::getParent)
              .toList();
    }
    long newest = -1;
    long bytes = 0;
    for (Path checkpoint : complete) {
      long number = Long.parseLong(checkpoint.getFileName().toString().replace("chk-", ""));
      if (number > newest) {
        newest = number;
        try (Stream<Path> files = Files.list(checkpoint)) {
          bytes = files.mapToLong(file -> file.toFile().length()).sum();
        }
      }
    }
    return bytes;
  }
}
