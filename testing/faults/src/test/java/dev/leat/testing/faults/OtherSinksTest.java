package dev.leat.testing.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.EmbeddedPostgres;
import dev.leat.testing.fixtures.FlinkCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Live rows in PostgreSQL and in a topic, while TaskManagers are killed and a broker stops. */
public class OtherSinksTest {
  private static final int RATE = 100;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final EmbeddedPostgres postgres = new EmbeddedPostgres();
  @ClassRule public static final FlinkCluster flink = FlinkCluster.of(2, 3);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void rowsInPostgres() {
    Random random = new Random(seed);
    try (Scene scene = scene("to-postgres")) {
      String run = scene.run(postgres("totals"));
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(run);
      Map<String, Long> seen = new HashMap<>();
      for (int kill = 0; kill < 3; kill++) {
        Await.sleep(Duration.ofMillis(random.nextInt(4_000)));
        scene.orders.sendPoison("no order".getBytes(UTF_8), 0);
        int victim = random.nextInt(flink.taskManagers());
        flink.killTaskManager(victim);
        flink.startTaskManager(victim);
        expectNoneShrunk(seen, stored());
      }
      killAll(run);
      flink.awaitCheckpoint(run);
      scene.orders.stop();

      Map<String, String> expected = Orders.table(scene.orders.distinct());
      Await.until(
          () -> {
            Map<String, String> rows = stored();
            expectNoneShrunk(seen, rows);
            return Scene.difference(rows, expected);
          });
      int poison = scene.orders.poison().size();
      Await.until(
          () -> {
            long letters = count("totals_dead_letters");
            return letters == poison ? "" : letters + " dead letters, expected " + poison;
          });
      assertThat(poison, is(3));
      scene.told("5 kills, %d rows".formatted(expected.size()), run);
    }
  }

  /** Each message is there once for who reads what is committed. */
  @Test
  public void rowsInATopicInTransactions() {
    List<ConsumerRecord<String, String>> messages =
        rowsInATopic(
            "rows-once",
            "?exactlyOnce=true&shards=2",
            run -> {
              for (int round = 0; round < 2; round++) {
                killAll(run);
                flink.awaitCheckpoint(run);
              }
            });

    assertThat(twice(messages), is(empty()));
  }

  /** Messages can be there again, but none is missing, and the highest revision is the row. */
  @Test
  public void rowsInATopicAtLeastOnce() {
    Random random = new Random(seed);
    rowsInATopic(
        "rows",
        "",
        run -> {
          for (int round = 0; round < 2; round++) {
            Await.sleep(Duration.ofMillis(random.nextInt(4_000)));
            killAll(run);
            Await.sleep(Duration.ofMillis(random.nextInt(4_000)));
            kafka.pause();
            Await.sleep(Duration.ofSeconds(5));
            kafka.resume();
          }
          kafka.stopHard();
          kafka.restart();
          flink.awaitJobRunning(run);
          flink.awaitCheckpoint(run);
        });
  }

  /** Returns all messages, of which the last revisions are the rows. */
  private List<ConsumerRecord<String, String>> rowsInATopic(
      String topic, String parameters, Consumer<String> faults) {
    kafka.createTopic(topic, 2);
    try (Scene scene = scene("to-" + topic);
        KafkaConsumer<String, String> reader = reader(topic, 2)) {
      String run =
          scene.run(
              ConnectorUri.parse("kafka://" + kafka.bootstrapServers() + "/" + topic + parameters));
      scene.orders.stream(RATE);
      List<ConsumerRecord<String, String>> messages = new ArrayList<>();
      Await.until(
          () -> {
            reader.poll(Duration.ofMillis(200)).forEach(messages::add);
            return messages.size() > 50 ? "" : messages.size() + " messages";
          });
      flink.awaitCheckpoint(run);
      flink.awaitCheckpoint(run);
      faults.accept(run);
      scene.orders.stop();

      Map<String, String> expected = Orders.table(scene.orders.distinct());
      Await.until(
          () -> {
            reader.poll(Duration.ofMillis(200)).forEach(messages::add);
            return Scene.difference(latest(messages), expected);
          });
      // What a restored job would write again came before this.
      flink.awaitCheckpoint(run);
      reader.poll(Duration.ofSeconds(1)).forEach(messages::add);
      assertThat(latest(messages), is(expected));
      scene.told("%d messages of rows".formatted(messages.size()), run);
      return messages;
    }
  }

  private Scene scene(String name) {
    return new Scene(kafka, flink, folder.getRoot().toPath(), name, 2, seed, Scene.WORKFLOW);
  }

  /**
   * Kills all TaskManagers; returns when the job is back.
   *
   * <p>In transactions, not before the rows of a checkpoint are written and the next one knows it:
   * KafkaIO does not come back otherwise (docs/adr/0017).
   */
  private static void killAll(String run) {
    long before = flink.restarts(run);
    for (int i = 0; i < flink.taskManagers(); i++) {
      flink.killTaskManager(i);
    }
    flink.startTaskManagers();
    Await.until(() -> flink.restarts(run) > before ? "" : "no restart");
    flink.awaitJobRunning(run);
  }

  private static ConnectorUri postgres(String table) {
    return ConnectorUri.parse(postgres.jdbcUrl() + "?user=" + postgres.user() + "&table=" + table);
  }

  private static Map<String, String> stored() {
    Map<String, String> rows = new TreeMap<>();
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT window_start, shop, orders, amount FROM totals")) {
      while (row.next()) {
        String key = row.getObject(1, OffsetDateTime.class).toInstant() + " " + row.getString(2);
        if (rows.put(key, values(row.getLong(3), row.getBigDecimal(4))) != null) {
          throw new AssertionError(key + " is in the table twice");
        }
      }
      return rows;
    } catch (SQLException e) {
      if (isAbsent(e)) {
        return rows;
      }
      throw new IllegalStateException(e);
    }
  }

  private static long count(String table) {
    try (Connection connection = postgres.connection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      if (isAbsent(e)) {
        return 0;
      }
      throw new IllegalStateException(e);
    }
  }

  /** A table is made for its first rows. */
  private static boolean isAbsent(SQLException e) {
    return "42P01".equals(e.getSQLState());
  }

  /** Fails if a row is gone, or of fewer orders than it was. */
  private static void expectNoneShrunk(Map<String, Long> seen, Map<String, String> rows) {
    seen.forEach(
        (key, before) -> {
          String now = rows.get(key);
          if (now == null || orders(now) < before) {
            throw new AssertionError(key + " had " + before + " orders and is now " + now);
          }
        });
    rows.forEach((key, value) -> seen.put(key, orders(value)));
  }

  private static String values(long orders, BigDecimal amount) {
    return orders + " " + amount.stripTrailingZeros().toPlainString();
  }

  private static long orders(String value) {
    return Long.parseLong(value.substring(0, value.indexOf(' ')));
  }

  private static KafkaConsumer<String, String> reader(String topic, int partitions) {
    KafkaConsumer<String, String> reader =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      all.add(new TopicPartition(topic, i));
    }
    reader.assign(all);
    return reader;
  }

  private static List<String> twice(List<ConsumerRecord<String, String>> messages) {
    Set<String> seen = new HashSet<>();
    return messages.stream()
        .map(message -> message.key() + " " + revision(message) + " " + message.value())
        .filter(message -> !seen.add(message))
        .toList();
  }

  /** Of each key the message with the highest revision. */
  private static Map<String, String> latest(List<ConsumerRecord<String, String>> messages) {
    Map<String, ConsumerRecord<String, String>> newest = new HashMap<>();
    for (ConsumerRecord<String, String> message : messages) {
      newest.merge(message.key(), message, (a, b) -> revision(b) >= revision(a) ? b : a);
    }
    Map<String, String> rows = new TreeMap<>();
    try {
      for (ConsumerRecord<String, String> message : newest.values()) {
        JsonNode row = new ObjectMapper().readTree(message.value());
        rows.put(
            OffsetDateTime.parse(row.path("window_start").asText()).toInstant()
                + " "
                + row.path("shop").asText(),
            values(row.path("orders").asLong(), row.path("amount").decimalValue()));
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long revision(ConsumerRecord<String, String> message) {
    return Long.parseLong(new String(message.headers().lastHeader("leat_revision").value(), UTF_8));
  }
}
