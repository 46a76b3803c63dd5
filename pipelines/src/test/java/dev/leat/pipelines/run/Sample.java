package dev.leat.pipelines.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Seeded records: {@code {"id":…,"time":…,"tenant":…,"x":…,"user":…}} of six hours, where {@code x}
 * is a decimal, null or missing, and {@code user} a text or missing. Repeats are the same line.
 */
final class Sample {
  static final String EVENTS =
      "events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}\n";

  /** As DuckDB reads the lines. */
  static final String COLUMNS =
      "columns={id: 'VARCHAR', time: 'TIMESTAMP', tenant: 'VARCHAR', x: 'DECIMAL(18,2)', \"user\":"
          + " 'VARCHAR'}";

  private Sample() {}

  /** Lines in order of time, each event once. */
  static List<String> lines(int count, long seed) {
    Random random = new Random(seed);
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      times.add(random.nextInt(6 * 3600) * 1000L + random.nextInt(1000));
    }
    Collections.sort(times);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String tenant = List.of("a", "b", "c").get(Math.min(2, random.nextInt(4)));
      lines.add(
          String.format(
              "{\"id\":\"e%d\",\"time\":\"%s\",\"tenant\":\"%s\"%s%s}",
              i, start.plusMillis(times.get(i)), tenant, x(random), user(random)));
    }
    return lines;
  }

  private static String x(Random random) {
    switch (random.nextInt(10)) {
      case 0:
        return "";
      case 1:
        return ",\"x\":null";
      default:
        long hundredths = Math.round(random.nextGaussian() * 50_000);
        return ",\"x\":" + java.math.BigDecimal.valueOf(hundredths, 2).toPlainString();
    }
  }

  private static String user(Random random) {
    return random.nextInt(20) == 0 ? "" : ",\"user\":\"user " + random.nextInt(40) + "\"";
  }

  /** The lines with every tenth twice, in an order of the seed's, in so many files. */
  static void deliver(List<String> lines, Path folder, int files, long seed) throws IOException {
    Random random = new Random(seed);
    List<String> delivered = new ArrayList<>(lines);
    for (int i = 0; i < lines.size(); i += 10) {
      delivered.add(lines.get(i));
    }
    Collections.shuffle(delivered, random);
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      parts.add(new ArrayList<>());
    }
    delivered.forEach(line -> parts.get(random.nextInt(files)).add(line));
    Files.createDirectories(folder);
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve("part-" + i + ".jsonl"), parts.get(i));
    }
  }
}
