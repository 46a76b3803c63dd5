package dev.leat.testing.faults;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import dev.leat.testing.faults.Orders.Order;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Live jobs on two TaskManagers, and everything that can be cut off is, while orders come. At the
 * end of each test the raw lake has every acknowledged message once, and the table is that of the
 * distinct orders.
 */
public class LiveFaultsTest {
  private static final int RATE = 100;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final FlinkCluster flink = FlinkCluster.of(2, 3);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  private Scene scene(String name, int partitions) {
    return scene(name, partitions, Scene.WORKFLOW);
  }

  private Scene scene(String name, int partitions, String workflow) {
    return new Scene(kafka, flink, folder.getRoot().toPath(), name, partitions, seed, workflow);
  }

  @Test
  public void killedTaskManagers() {
    Random random = new Random(seed);
    try (Scene scene = scene("kills", 4)) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      try (Watcher watcher = new Watcher(scene)) {
        for (int kill = 0; kill < 10; kill++) {
          Await.sleep(Duration.ofMillis(random.nextInt(4_000)));
          int victim = random.nextInt(flink.taskManagers());
          flink.killTaskManager(victim);
          flink.startTaskManager(victim);
          watcher.check();
        }
        flink.killTaskManager(0);
        flink.killTaskManager(1);
        flink.startTaskManagers();
        flink.awaitJobRunning(ingest);
        flink.awaitJobRunning(run);
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      assertThat(flink.restarts(ingest), is(greaterThanOrEqualTo(2L)));
      assertThat(flink.restarts(run), is(greaterThanOrEqualTo(2L)));
      scene.told("12 kills", ingest, run);
    }
  }

  @Test
  public void killedJobManager() {
    try (Scene scene = scene("job-manager", 2)) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);

      flink.killJobManager();
      URI ingested = flink.lastCheckpoint(ingest);
      URI ran = flink.lastCheckpoint(run);
      flink.startJobManager();
      assertThat(flink.jobs(), is(empty()));
      scene.ingest("--savepointPath=" + ingested);
      scene.run("--savepointPath=" + ran);
      scene.orders.stop();

      scene.awaitRaw();
      scene.awaitTable();
    }
  }

  /** Which offsets are in is in the table, so that an ingest needs no saved state. */
  @Test
  public void forgottenCheckpoints() {
    try (Scene scene = scene("forgotten", 2)) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      Await.until(() -> Scene.places(scene.raw()).isEmpty() ? "nothing is stored" : "");
      Await.until(() -> scene.rows().isEmpty() ? "no row" : "");
      flink.cancel(ingest);
      flink.cancel(run);
      int stored = Scene.places(scene.raw()).size();

      try (Watcher watcher = new Watcher(scene)) {
        scene.ingest();
        scene.run();
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      assertThat(stored, is(greaterThan(0)));
    }
  }

  @Test
  public void savepointsAndAnotherParallelism() {
    try (Scene scene = scene("savepoint", 2)) {
      String run = scene.run("--parallelism=2");
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(run);

      URI first = flink.stopWithSavepoint(run);
      String one = scene.run("--parallelism=1", "--savepointPath=" + first);
      flink.awaitCheckpoint(one);
      URI second = flink.stopWithSavepoint(one);
      scene.run("--parallelism=2", "--savepointPath=" + second);
      scene.orders.stop();

      scene.awaitTable();
    }
  }

  @Test
  public void brokerThatGoesAndComesBack() {
    try (Scene scene = scene("broker", 2)) {
      String ingest = scene.ingest();
      scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);

      kafka.stopHard();
      Await.sleep(Duration.ofSeconds(3));
      kafka.restart();
      int after = scene.orders.acknowledged();
      Await.until(() -> scene.orders.acknowledged() > after + RATE ? "" : "no order was taken");
      kafka.stopCleanly();
      kafka.restart();
      scene.orders.stop();

      scene.awaitRaw();
      scene.awaitTable();
    }
  }

  @Test
  public void pausedTaskManager() {
    try (Scene scene = scene("paused", 2)) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      long before = flink.restarts(ingest) + flink.restarts(run);

      flink.pauseTaskManager(0);
      // It is given up after 8 s, and its tasks go elsewhere. Then it wakes up, and still believes.
      Await.until(
          () -> flink.restarts(ingest) + flink.restarts(run) > before ? "" : "it was not given up");
      flink.resumeTaskManager(0);
      flink.awaitJobRunning(ingest);
      flink.awaitJobRunning(run);
      scene.orders.stop();

      scene.awaitRaw();
      scene.awaitTable();
    }
  }

  @Test
  public void oldTopicThatPausesAndGoesOn() {
    try (Scene scene = scene("old", 2)) {
      scene.ingest();
      scene.run();
      scene.orders.send(300);
      scene.orders.stop();
      scene.awaitRaw();
      scene.awaitTable();

      // Longer than the 5 s after which a partition counts as idle, in years that are long gone.
      Await.sleep(Duration.ofSeconds(15));
      scene.orders.send(300);
      scene.orders.stop();

      scene.awaitRaw();
      scene.awaitTable();
      assertThat(Scene.read(scene.lake("totals_late")), is(empty()));
    }
  }

  /** Without early results, so that a row is a window that was closed. */
  @Test
  public void partitionsThatAreSilent() {
    String closedOnly = Scene.WORKFLOW.replace(", early: 1s", "").replace("1h", "1m");
    try (Scene scene = scene("silent", 4, closedOnly)) {
      scene.run();
      for (int i = 0; i < 100; i++) {
        // One goes quiet after this, and one never has anything.
        scene.orders.send(scene.orders.next(), i % 3);
      }
      // Two go on until the windows are closed: once all are silent, none advances any more.
      Await.until(
          () -> {
            for (int i = 0; i < 30; i++) {
              scene.orders.send(scene.orders.next(), i % 2);
            }
            return scene.orders.acknowledged() < 700
                ? "the broker has " + scene.orders.acknowledged() + " orders"
                : scene.windowsBefore(Orders.BEGIN.plusSeconds(600), scene.orders.distinct());
          });
      scene.orders.stop();
    }
  }

  /** Without early results, so that the row of a window tells that the watermark has passed it. */
  @Test
  public void ordersThatComeTooLate() {
    String strict = Scene.WORKFLOW.replace("allowedLateness: 1h, early: 1s", "allowedLateness: 0s");
    assertThat(strict.contains("early"), is(false));
    Instant passed = Orders.BEGIN.plusSeconds(300);
    try (Scene scene = scene("late", 1, strict)) {
      String ingest = scene.ingest();
      String run = scene.run();
      List<Order> late = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        late.add(scene.orders.next());
      }
      scene.orders.send(600);
      scene.orders.stop();
      List<Order> inTime =
          scene.orders.distinct().stream().filter(order -> !late.contains(order)).toList();
      Await.until(() -> scene.windowsBefore(passed, inTime));

      late.forEach(order -> scene.orders.send(order, 0));
      scene.orders.stop();

      scene.awaitRaw();
      Await.until(
          () ->
              Scene.read(scene.lake("totals_late")).size() == late.size()
                  ? ""
                  : "late: " + Scene.read(scene.lake("totals_late")).size());
      // What came with the late ones, or before them, is in the table once a checkpoint is over.
      flink.awaitCheckpoint(run);
      assertThat(scene.windowsBefore(passed, inTime), is(""));
      scene.told("5 orders too late", ingest, run);
    }
  }
}
