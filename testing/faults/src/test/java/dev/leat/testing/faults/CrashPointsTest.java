package dev.leat.testing.faults;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import dev.leat.testing.fixtures.FlinkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A TaskManager dies, as by {@code kill -9}, at each point between what a live commit writes, what
 * it publishes, the commit and its bookmark, while orders come and a reader looks.
 */
public class CrashPointsTest {
  private static final int RATE = 100;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final TemporaryFolder marks = new TemporaryFolder();

  private static FlinkCluster flink;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  /** Each point has a mark, and a process that reaches one without a mark makes it and dies. */
  @BeforeClass
  public static void startCluster() throws Exception {
    for (String point : points(name -> true)) {
      Files.createFile(mark(point));
    }
    String setting =
        points(name -> true).stream()
            .map(point -> point + ":" + mark(point))
            .collect(Collectors.joining(","));
    flink =
        new FlinkCluster(
            FlinkSettings.of(2, 3)
                .withJvmOptions("-Dleat.fault=" + setting)
                // Each TaskManager that ends is to be one that died at a point.
                .withConfiguration(Map.of("heartbeat.timeout", "60000")));
    flink.start();
  }

  @AfterClass
  public static void stopCluster() {
    if (flink != null) {
      flink.close();
    }
  }

  @Test
  public void ingestDiesAtEachPoint() {
    List<String> points = points(name -> name.matches("FILES_WRITTEN|.*DEAD_LETTERS.*|.*EVENTS.*"));
    assertThat(points, hasSize(greaterThanOrEqualTo(6)));
    try (Scene scene = scene("ingest-points")) {
      String ingest = scene.ingest();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      for (String point : points) {
        dieAt(point, scene, ingest);
      }
      scene.orders.stop();

      scene.awaitRaw();
      assertThat(flink.restarts(ingest), is(greaterThanOrEqualTo((long) points.size())));
      scene.told("a death at each of " + points, ingest);
    }
  }

  @Test
  public void runDiesAtEachPoint() {
    List<String> points = points(name -> name.startsWith("LIVE_ROWS"));
    assertThat(points, hasSize(greaterThanOrEqualTo(3)));
    try (Scene scene = scene("run-points")) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      try (Watcher watcher = new Watcher(scene)) {
        for (String point : points) {
          dieAt(point, scene, run);
          watcher.check();
        }
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      assertThat(flink.restarts(run), is(greaterThanOrEqualTo((long) points.size())));
      scene.told("a death at each of " + points, ingest, run);
    }
  }

  private Scene scene(String name) {
    return new Scene(kafka, flink, folder.getRoot().toPath(), name, 2, seed, Scene.WORKFLOW);
  }

  /** Lets the first TaskManager die that reaches the point, and the job come back. */
  private static void dieAt(String point, Scene scene, String job) {
    long before = flink.restarts(job);
    Path mark = mark(point);
    try {
      Files.delete(mark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until(
        () -> {
          // Some points are only reached with dead letters.
          scene.orders.sendPoison(point.getBytes(StandardCharsets.UTF_8), 0);
          return Files.exists(mark) ? "" : point + " was not reached";
        });
    Await.until(() -> allRun() ? "nobody died at " + point : "");
    flink.startTaskManagers();
    Await.until(() -> flink.restarts(job) > before ? "" : "no restart after " + point);
    flink.awaitJobRunning(job);
    flink.awaitCheckpoint(job);
  }

  private static boolean allRun() {
    return IntStream.range(0, flink.taskManagers()).allMatch(flink::taskManagerRuns);
  }

  /** The names of all points that there are, so that a new one is not forgotten here. */
  private static List<String> points(Predicate<String> which) {
    try {
      return Arrays.stream(Class.forName("dev.leat.io.lake.FaultPoint").getEnumConstants())
          .map(Object::toString)
          .filter(which)
          .toList();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path mark(String point) {
    return marks.getRoot().toPath().resolve(point);
  }
}
