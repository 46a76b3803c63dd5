package dev.leat.testing.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.testing.faults.ForgetfulCatalog.Answer;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import dev.leat.testing.fixtures.FlinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The catalog applies commits and answers with an error, to the ingest and to the run. */
public class LostAnswerTest {
  private static final int RATE = 100;

  /** In the ingest's two tables and in the run's. */
  private static final List<String> TABLES = List.of("raw_dead_letters", "raw", "totals");

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  /** A restart is to be one for an answer. */
  @ClassRule
  public static final FlinkCluster flink =
      new FlinkCluster(
          FlinkSettings.of(1, 4).withConfiguration(Map.of("heartbeat.timeout", "120000")));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void commitsThatAreAppliedAndAnsweredWithAnError() throws Exception {
    Path root = folder.getRoot().toPath();
    Path wishes = Files.createDirectory(root.resolve("wishes"));
    Path lake = Files.createDirectory(root.resolve("lake"));
    Path catalog = Files.write(root.resolve("catalog.properties"), catalog(lake, wishes));
    try (Scene scene = new Scene(kafka, flink, root, "answers", 2, seed, Scene.WORKFLOW)) {
      String ingest = scene.ingest(in(scene.raw(), catalog));
      String run = scene.run(in(scene.table(), catalog).withParameter("commit", "1s"));
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      try (Watcher watcher = new Watcher(scene)) {
        for (String table : TABLES) {
          lose(Answer.LOST, wishes.resolve(table), scene);
          flink.awaitCheckpoint(ingest);
          flink.awaitCheckpoint(run);
          watcher.check();
        }
        // Who asks learns that the commit is done, and nothing has to begin again.
        assertThat(flink.failure(ingest) + flink.failure(run), is(""));

        for (String table : TABLES) {
          String job = table.equals("totals") ? run : ingest;
          long before = flink.restarts(job);
          lose(Answer.AWAY, wishes.resolve(table), scene);
          Await.until(() -> flink.restarts(job) > before ? "" : "no restart for " + table);
          flink.awaitJobRunning(job);
          watcher.check();
        }
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      scene.told("6 commits applied and answered with an error", ingest, run);
    }
  }

  /** Waits until a commit of the table is applied and its answer lost. */
  private static void lose(Answer answer, Path wish, Scene scene) {
    try {
      Path written = Files.writeString(wish.resolveSibling("wish.tmp"), answer.name());
      Files.move(written, wish);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until(
        () -> {
          scene.orders.sendPoison("no order".getBytes(UTF_8), 0);
          return Files.exists(wish) ? "no commit of " + wish.getFileName() : "";
        });
  }

  private static ConnectorUri in(ConnectorUri table, Path catalog) {
    return table.withParameter("catalog", catalog.toString());
  }

  /** The same database as without a catalog file, so that a reader needs none. */
  private static List<String> catalog(Path lake, Path wishes) {
    return List.of(
        "catalog-impl=" + ForgetfulCatalog.class.getName(),
        "uri=jdbc:sqlite:" + lake.resolve("catalog.db"),
        "clients=1",
        "jdbc.schema-version=V1",
        "jdbc.busy_timeout=60000",
        ForgetfulCatalog.FOLDER + "=" + wishes);
  }
}
