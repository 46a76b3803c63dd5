package dev.leat.testing.faults;

import dev.leat.io.lake.LakeTables;
import dev.leat.testing.faults.Orders.Place;
import dev.leat.testing.fixtures.EmbeddedKafka;
import dev.leat.testing.fixtures.FlinkCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A live ingest at a steady rate while TaskManagers are killed, once a minute. It prints how long
 * it took from the broker's acknowledgement until a reader of the raw table saw the event. Run by
 * name: {@code -Dtest=SteadyRun -Dleat.minutes=10}; nothing is asserted of time.
 */
public class SteadyRun {
  private static final int RATE = 200;

  @ClassRule public static final EmbeddedKafka kafka = new EmbeddedKafka();
  @ClassRule public static final FlinkCluster flink = FlinkCluster.of(2, 3);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void eventToVisible() {
    int minutes = Integer.getInteger("leat.minutes", 1);
    Random random = new Random(7);
    try (Scene scene =
        new Scene(kafka, flink, folder.getRoot().toPath(), "steady", 2, 7, Scene.WORKFLOW)) {
      String job = scene.ingest();
      Map<Place, Long> acknowledged = new HashMap<>();
      List<Long> latencies = new ArrayList<>();
      Map<Place, Long> visible = new HashMap<>();
      scene.orders.stream(RATE);
      long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
      long nextKill = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      int kills = 0;
      while (System.nanoTime() < end) {
        Await.sleep(Duration.ofMillis(250));
        long now = System.nanoTime();
        scene.orders.orders().keySet().forEach(place -> acknowledged.putIfAbsent(place, now));
        Scene.places(scene.raw()).forEach(place -> visible.putIfAbsent(place, System.nanoTime()));
        if (now > nextKill) {
          int victim = random.nextInt(2);
          flink.killTaskManager(victim);
          flink.startTaskManager(victim);
          kills++;
          nextKill += Duration.ofSeconds(60).toNanos();
        }
      }
      scene.orders.stop();
      scene.awaitRaw();
      visible.forEach(
          (place, seen) -> {
            Long sent = acknowledged.get(place);
            if (sent != null) {
              latencies.add((seen - sent) / 1_000_000);
            }
          });
      latencies.sort(null);
      System.out.printf(
          "%d minutes, %d kills, %d restarts, %d commits, %,d events acknowledged, 0 lost, 0 twice; event to"
              + " visible: p50 %,d ms, p95 %,d ms, p99 %,d ms%n",
          minutes,
          kills,
          flink.restarts(job),
          LakeTables.history(scene.raw()).size(),
          scene.orders.acknowledged(),
          at(latencies, 0.5),
          at(latencies, 0.95),
          at(latencies, 0.99));
    }
  }

  private static long at(List<Long> sorted, double quantile) {
    return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * quantile));
  }
}
