package dev.leat.pipelines.incremental;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A workflow and the files that come for it, all by a seed: windows of any kind and length, tables
 * partitioned in any way, events in bursts that cross midnights and the ends of months, many of
 * them days late, some of them twice, some that a step refuses.
 */
final class History {
  private static final Instant START = Instant.parse("2026-01-28T00:00:00Z");
  private static final int DAYS = 7;

  private final Random random;
  private final Path root;
  private final List<String> lines = new ArrayList<>();
  private final String window;
  private final String workflow;
  private final String sinkPartition;
  private final String rawPartition;
  private int events;
  private int files;

  History(long seed, Path root) throws IOException {
    this.random = new Random(seed);
    this.root = root;
    this.window = window();
    this.sinkPartition = one("date", "date", "month", "none");
    this.rawPartition = one("date,hour,tenant", "date,hour", "date", "month", "tenant");
    Files.createDirectories(root.resolve("drop"));
    Files.writeString(root.resolve("places.csv"), "tenant,place\na,Mill\nb,Weir\n");
    this.workflow =
        "name: history\n"
            + "events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}\n"
            + "lake: {partition: [%s]}\n".formatted(rawPartition)
            + "filter: '!has(data.robot)'\n"
            + "let: {big: 'has(data.x) ? data.x > 5 : false'}\n"
            + one("", "deduplicate: {by: id, horizon: 7d}\n")
            + "enrich: [{lookup: places.csv, key: tenant, as: place, missing: dead-letter}]\n"
            + (window.isEmpty() ? "" : "window: " + window + "\n")
            + "aggregate: {by: [place.place, big], measures: {n: count, total: sum(/x), users:"
            + " distinct(/user), p90: 'quantile(/x, 0.9)', first: first(/user), last:"
            + " last(/user)}}\n";
    Files.writeString(workflowFile(), workflow);
  }

  Path workflowFile() {
    return root.resolve("history.yaml");
  }

  String drop() {
    return root + "/drop/*";
  }

  String sinkParameters() {
    return "?partition=" + (window.isEmpty() ? "none" : sinkPartition);
  }

  boolean hasWindow() {
    return !window.isEmpty();
  }

  @Override
  public String toString() {
    return "window "
        + window
        + ", table by "
        + sinkPartition
        + ", raw by "
        + rawPartition
        + ", in "
        + root
        + "\n"
        + workflow;
  }

  /** Adds a file, or a few. */
  void deliver() throws IOException {
    for (int file = 1 + random.nextInt(2); file > 0; file--) {
      List<String> added = new ArrayList<>();
      for (int burst = 1 + random.nextInt(3); burst > 0; burst--) {
        burst(added);
      }
      Files.write(root.resolve("drop/part-" + files++ + ".jsonl"), added);
    }
  }

  private void burst(List<String> added) {
    long middle =
        random.nextInt(3) == 0
            ? Duration.ofDays(1 + random.nextInt(DAYS - 1)).toMillis()
            : (long) (random.nextDouble() * Duration.ofDays(DAYS).toMillis());
    long spread = Duration.ofMinutes(1L << random.nextInt(11)).toMillis();
    for (int event = 1 + random.nextInt(30); event > 0; event--) {
      long offset = middle + (long) (random.nextGaussian() * spread);
      if (random.nextInt(4) == 0) {
        // Exactly at the edge of windows.
        offset = Math.round(offset / 300_000.0) * 300_000;
      }
      if (random.nextInt(6) == 0 && !lines.isEmpty()) {
        added.add(lines.get(random.nextInt(lines.size())));
      } else {
        added.add(line(START.plusMillis(offset)));
      }
    }
  }

  private String line(Instant time) {
    String id = "e" + events++;
    int fate = random.nextInt(20);
    String tenant = fate == 0 ? "nowhere" : one("a", "b");
    String x = fate == 1 ? "\"many\"" : Integer.toString(random.nextInt(10));
    String line =
        "{\"id\":\"%s\",\"time\":\"%s\",\"tenant\":\"%s\",\"x\":%s,\"user\":\"u%d\"%s}"
            .formatted(id, time, tenant, x, random.nextInt(5), fate == 2 ? ",\"robot\":true" : "");
    if (fate > 1) {
      // What is refused comes once: of copies either may be the one that is.
      lines.add(line);
    }
    return line;
  }

  private String window() {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> "{fixed: " + one("1h", "7m", "1d", "36h", "25m") + "}";
      case 3, 4, 5 ->
          one(
              "{sliding: 15m, every: 5m}",
              "{sliding: 90m, every: 20m}",
              "{sliding: 26h, every: 1h}",
              "{sliding: 3d, every: 36h}");
      case 6, 7, 8 -> "{session: " + one("10m", "2h", "13h", "30s") + "}";
      default -> "";
    };
  }

  private String one(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
