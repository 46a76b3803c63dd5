package dev.leat.testing.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Events of one kind as they are delivered, and a workflow for them. The flights are real. The
 * others are made up in the shape of public data, with its trouble: disorder, repeats, robots,
 * missing values, a broken line. With {@code -Dleat.data=FOLDER} the public data itself is taken
 * where the folder has it.
 *
 * @param disorder by how much of event time a line can come too early
 * @param lines in the order in which they come
 * @param leastRows fewer rows than these would show that little was compared
 */
record Feed(String workflow, Duration disorder, List<String> lines, int leastRows) {
  private static final Path EXAMPLE = Path.of("..", "..", "examples", "flights");
  private static final @Nullable String DATA = System.getProperty("leat.data");
  private static final int LINES = 2_000;
  private static final int PLACES = 300;
  private static final DateTimeFormatter ACCESS_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Late results are as good as early ones here: nothing may depend on when a window closes. */
  private static final String LIVE = "allowedLateness: 30d, early: 1s, late: 1s}";

  /** Departures of three weeks: fixed windows, a lookup, ids by hash. */
  static Feed flights(Random random) throws IOException {
    String yaml = Files.readString(EXAMPLE.resolve("delays.yaml"));
    String window = "window: {fixed: 1d";
    if (!yaml.contains(window + "}")) {
      throw new IllegalStateException("the example has another window");
    }
    String lookup = EXAMPLE.resolve("airports.csv").toAbsolutePath().normalize().toString();
    String json = String.join("", gunzipped(EXAMPLE.resolve("flights-20k.json.gz")));
    return new Feed(
        yaml.replace(window + "}", window + ", " + LIVE)
            .replace("lookup: airports.csv", "lookup: \"" + lookup + "\""),
        Duration.ofDays(3),
        delivered(List.of(json.substring(1, json.length() - 1).split("(?<=}),")), random),
        100);
  }

  /** Edits of an encyclopedia in the shape of wikiticker: a filter, every kind of measure. */
  static Feed edits(Random random) {
    return new Feed(
        """
        name: edits
        events: {format: jsonl, type: wiki.edit, time: /time, tenant: /channel}
        lake: {partition: [date]}
        filter: "!data.isRobot"
        let: {big: "data.delta > 100"}
        deduplicate: {by: id, horizon: 2d}
        window: {fixed: 1h, %s
        aggregate:
          by: [/channel, big]
          measures:
            edits: count
            added: sum(/added)
            mean: avg(/delta)
            users: distinct(/user)
            pages: approx_distinct(/page)
            p95: quantile(/delta, 0.95)
            most: top(/added, 3)
            first: first(/page)
            last: last(/page)
        """
            .formatted(LIVE),
        Duration.ofHours(6),
        delivered(
            real("wikiticker/wikiticker-2015-09-12-sampled.json.gz", () -> madeUpEdits(random)),
            random),
        200);
  }

  /** An access log in Apache's combined format: text, sessions, amounts that are none. */
  static Feed accesses(Random random) {
    return new Feed(
        """
        name: accesses
        events:
          format: text
          type: http.request
          pattern: '(?<host>\\S+) \\S+ \\S+ \\[(?<at>[^\\]]+)\\] "(?<request>[^"]*)" (?<status>\\d+) (?<bytes>\\S+) .*'
          time: /at
          timeFormat: dd/MMM/yyyy:HH:mm:ss Z
        lake: {partition: [date]}
        deduplicate: {by: id, horizon: 7d}
        window: {session: 30m, %s
        aggregate:
          by: [/host]
          measures: {requests: count, bytes: sum(/bytes), first: first(/request), last: last(/request)}
        """
            .formatted(LIVE),
        Duration.ofHours(12),
        delivered(real("elastic_apache_logs/apache_logs", () -> madeUpAccesses(random)), random),
        200);
  }

  /** Rides: sliding windows. */
  static Feed rides(Random random) {
    return new Feed(
        """
        name: rides
        events: {format: jsonl, type: /event_type, time: /timestamp}
        lake: {partition: [date]}
        deduplicate: {by: id, horizon: 2d}
        window: {sliding: 1h, every: 20m, %s
        aggregate:
          by: [/event_type]
          measures: {events: count, drivers: distinct(/driver_id), highest: "top(/driver_id, 2)", where: last(/location)}
        """
            .formatted(LIVE),
        Duration.ofHours(12),
        delivered(real("windows_golden/inputs/cars.json", () -> madeUpRides(random)), random),
        40);
  }

  private static List<String> madeUpEdits(Random random) {
    Instant begin = Instant.parse("2015-09-12T00:00:00Z");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      int added = random.nextInt(300);
      int deleted = random.nextInt(3) == 0 ? random.nextInt(200) : 0;
      lines.add(
          ("{\"time\":\"%s\",\"channel\":\"#%s.wikipedia\",\"cityName\":null,\"comment\":\"/* \u00c4nderung"
                  + " */ \\\"%d\\\"\",\"isRobot\":%s,\"page\":\"Page \u017d%d\",\"user\":\"%d.%d.0.1\",\"delta\":%d,\"added\":%d,\"deleted\":%d}")
              .formatted(
                  begin.plusMillis(i * 43_200L + random.nextInt(20_000)),
                  List.of("en", "de", "vi", "ru", "fr")
                      .get((int) (5 * Math.pow(random.nextDouble(), 2))),
                  i,
                  random.nextInt(3) == 0,
                  random.nextInt(900),
                  random.nextInt(20),
                  random.nextInt(9),
                  added - deleted,
                  added,
                  deleted));
    }
    return lines;
  }

  private static List<String> madeUpAccesses(Random random) {
    Instant begin = Instant.parse("2015-05-17T10:05:00Z");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(
          "10.0.%d.%d - - [%s] \"GET /item/%d HTTP/1.1\" %d %s \"-\" \"Mozilla/5.0 (X11)\""
              .formatted(
                  random.nextInt(4),
                  random.nextInt(30),
                  ACCESS_TIME.format(begin.plusSeconds(i * 40L - random.nextInt(60))),
                  random.nextInt(50),
                  random.nextInt(20) == 0 ? 404 : 200,
                  random.nextInt(25) == 0 ? "-" : String.valueOf(random.nextInt(100_000))));
    }
    lines.set(LINES / 2, "10.0.0.1 - - [17/May/2015:20:05:11 +0000] \"GET /broken");
    return lines;
  }

  private static List<String> madeUpRides(Random random) {
    Instant begin = Instant.parse("2023-09-18T14:23:10Z");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(
          "{\"timestamp\": \"%s\", \"driver_id\": %d, \"event_type\": \"%s\", \"location\": \"%s\"}"
              .formatted(
                  begin.plusSeconds(i * 25L - random.nextInt(23)),
                  100 + random.nextInt(90),
                  List.of("pickup", "dropoff", "idle").get(random.nextInt(3)),
                  List.of("Portola", "FiDi", "Yerba Buena", "Noe Valley").get(random.nextInt(4))));
    }
    return lines;
  }

  /** The first lines, out of order by up to some hundred places, one in twenty twice. */
  private static List<String> delivered(List<String> lines, Random random) {
    List<double[]> order = new ArrayList<>();
    for (int i = 0; i < Math.min(LINES, lines.size()); i++) {
      order.add(new double[] {i + random.nextDouble() * PLACES, i});
      if (random.nextInt(20) == 0) {
        order.add(new double[] {i + random.nextDouble() * PLACES, i});
      }
    }
    order.sort((a, b) -> Double.compare(a[0], b[0]));
    return order.stream().map(place -> lines.get((int) place[1]).strip()).toList();
  }

  private static List<String> real(String name, Supplier<List<String>> madeUp) {
    Path file = DATA == null ? null : Path.of(DATA).resolve(name);
    if (file == null || !Files.exists(file)) {
      return madeUp.get();
    }
    System.out.println("  real data: " + name);
    try {
      return name.endsWith(".gz") ? gunzipped(file) : Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> gunzipped(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
