package dev.leat.testing.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import dev.leat.testing.fixtures.FlinkSettings;
import java.util.List;
import java.util.Map;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Records that are no events, of every kind: each is a dead letter, and no job restarts. */
public class PoisonTest {
  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();

  /** A slow machine that misses a heartbeat is not what is tested here. */
  @ClassRule
  public static final FlinkCluster flink =
      new FlinkCluster(
          FlinkSettings.of(1, 4).withConfiguration(Map.of("heartbeat.timeout", "120000")));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final long seed = Long.getLong("leat.seed", System.nanoTime() & 0xFFFF);

  @Test
  public void poison() {
    try (Scene scene =
        new Scene(kafka, flink, folder.getRoot().toPath(), "poison", 2, seed, Scene.WORKFLOW)) {
      String ingest = scene.ingest();
      String run = scene.run();
      flink.awaitCheckpoint(ingest);
      flink.awaitCheckpoint(run);
      List<byte[]> poison =
          List.of(
              "{\"id\":\"x\",".getBytes(UTF_8),
              new byte[] {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xFF, '"', '}'},
              "[".repeat(10_000).getBytes(UTF_8),
              new byte[50 << 20],
              "\0\0\0".getBytes(UTF_8),
              new byte[0],
              "{\"id\":\"f\",\"time\":\"9999-01-01T00:00:00Z\",\"shop\":\"s\",\"amount\":1}"
                  .getBytes(UTF_8),
              "{\"id\":\"s\",\"time\":\"1970-01-17T00:00:00Z\",\"shop\":\"s\",\"amount\":1}"
                  .getBytes(UTF_8));
      for (byte[] each : poison) {
        scene.orders.send(20);
        scene.orders.sendPoison(each, 0);
      }
      scene.orders.send(20);
      scene.orders.stop();

      scene.awaitRaw();
      scene.awaitTable();
      assertThat(scene.orders.poison().keySet(), hasSize(poison.size()));
      assertThat(flink.restarts(ingest), is(0L));
      assertThat(flink.restarts(run), is(0L));
    }
  }
}
