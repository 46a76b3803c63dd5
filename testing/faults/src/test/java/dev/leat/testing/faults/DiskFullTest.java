package dev.leat.testing.faults;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import dev.leat.testing.fixtures.FlinkSettings;
import dev.leat.testing.fixtures.FullDisk;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * The disk is full for a while, and every write ends in the middle of its file: first that of the
 * lake, then that of the checkpoints. Then there is room again, and the jobs go on by themselves.
 */
public class DiskFullTest {
  private static final int RATE = 100;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  @ClassRule
  public static final FlinkCluster flink =
      new FlinkCluster(
          FlinkSettings.of(2, 3)
              .withConfiguration(
                  Map.of(
                      // All state goes to the JobManager: what TaskManagers write is the lake, and
                      // what the JobManager writes are checkpoints.
                      "state.storage.fs.memory-threshold", "1mb",
                      // A restart is to be one for a full disk, and leave time for other things.
                      "heartbeat.timeout", "120000",
                      "restart-strategy.fixed-delay.delay", "3s")));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void underTheLake() {
    try (Scene scene = scene("full-lake")) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      try (Watcher watcher = new Watcher(scene)) {
        watcher.check();
        assertThat(flink.failure(ingest) + flink.failure(run), is(""));

        try (FullDisk full = flink.fillDiskOfTaskManagers()) {
          Await.until(() -> flink.restarts(ingest) > 0 ? "" : "the ingest does not fail");
          Await.until(() -> flink.restarts(run) > 0 ? "" : "the run does not fail");
          int stored = Scene.places(scene.raw()).size();
          Map<String, String> rows = scene.rows();
          // Each tries again, and fails again.
          Await.until(() -> flink.restarts(ingest) > 2 ? "" : "the ingest fails once");
          Await.until(() -> flink.restarts(run) > 1 ? "" : "the run fails once");
          watcher.check();
          assertThat(Scene.places(scene.raw()).size(), is(stored));
          assertThat(scene.rows(), is(rows));
        }
        flink.awaitJobRunning(ingest);
        flink.awaitJobRunning(run);
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      scene.told("no room for the lake", ingest, run);
    }
  }

  @Test
  public void underTheCheckpoints() {
    try (Scene scene = scene("full-checkpoints")) {
      String ingest = scene.ingest();
      String run = scene.run();
      scene.orders.stream(RATE);
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      try (Watcher watcher = new Watcher(scene)) {
        watcher.check();
        long ofIngest = flink.failedCheckpoints(ingest);
        long ofRun = flink.failedCheckpoints(run);

        try (FullDisk full = flink.fillDiskOfJobManager()) {
          Await.until(() -> failedSince(ofIngest, ingest) > 0 ? "" : "the ingest's succeed");
          Await.until(() -> failedSince(ofRun, run) > 0 ? "" : "the run's succeed");
          List<URI> last = List.of(flink.lastCheckpoint(ingest), flink.lastCheckpoint(run));
          Await.until(() -> failedSince(ofIngest, ingest) > 2 ? "" : "the ingest's failed once");
          Await.until(() -> failedSince(ofRun, run) > 1 ? "" : "the run's failed once");
          watcher.check();
          assertThat(List.of(flink.lastCheckpoint(ingest), flink.lastCheckpoint(run)), is(last));
        }
        flink.awaitCheckpoint(ingest);
        flink.awaitCheckpoint(run);
        scene.orders.stop();

        scene.awaitRaw();
        scene.awaitTable();
      }
      scene.told(
          "no room for %d and %d checkpoints"
              .formatted(flink.failedCheckpoints(ingest), flink.failedCheckpoints(run)),
          ingest,
          run);
    }
  }

  private static long failedSince(long before, String job) {
    return flink.failedCheckpoints(job) - before;
  }

  private Scene scene(String name) {
    return new Scene(kafka, flink, folder.getRoot().toPath(), name, 2, seed, Scene.WORKFLOW);
  }
}
