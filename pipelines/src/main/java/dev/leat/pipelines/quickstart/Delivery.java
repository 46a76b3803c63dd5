package dev.leat.pipelines.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.event.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Flights as files of JSON lines, one a week, the way the world delivers: lines in no order, some a
 * week late, 5% sent twice, a few broken. The same seed gives the same bytes.
 *
 * @param files written
 * @param events different flights
 * @param repeats lines that were sent again
 * @param late lines that came in the file of a later week
 * @param poison lines that are no flights
 */
record Delivery(int files, int events, int repeats, int late, int poison) {
  private static final double REPEATED = 0.05;
  private static final double LATE = 0.03;
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy/MM/dd");

  /** Each is bad in another way. */
  static final List<byte[]> POISON =
      List.of(
          "{\"date\":\"2001/01/14 21:55\",\"delay\":12,\"dist".getBytes(UTF_8),
          "{\"delay\":5,\"distance\":300,\"origin\":\"ABQ\",\"destination\":\"DAL\"}"
              .getBytes(UTF_8),
          "{\"date\":\"2001/02/30 10:00\",\"delay\":5,\"distance\":300,\"origin\":\"ABQ\",\"destination\":\"DAL\"}"
              .getBytes(UTF_8),
          "{\"date\":\"2001/02/03 10:00\",\"delay\":5,\"distance\":300,\"origin\":\"\u00ff\u00fe\",\"destination\":\"DAL\"}"
              .getBytes(ISO_8859_1),
          "date,delay,distance,origin,destination".getBytes(UTF_8),
          "[".repeat(10_000).getBytes(UTF_8),
          "{}".getBytes(UTF_8));

  /**
   * Writes the files.
   *
   * @param flights a gzipped JSON array of flights
   * @param folder an empty folder
   */
  static Delivery write(Path flights, Path folder, long seed) throws IOException {
    Random random = new Random(seed);
    Map<Integer, List<byte[]>> weeks = new TreeMap<>();
    int events = 0;
    int repeats = 0;
    int late = 0;
    for (JsonNode flight : read(flights)) {
      byte[] line = Json.write(flight);
      int week = weekOf(flight.path("date").asText());
      if (random.nextDouble() < LATE) {
        week++;
        late++;
      }
      linesOf(weeks, week).add(line);
      events++;
      if (random.nextDouble() < REPEATED) {
        linesOf(weeks, week + random.nextInt(2)).add(line);
        repeats++;
      }
    }
    List<Integer> numbers = new ArrayList<>(weeks.keySet());
    for (byte[] poison : POISON) {
      linesOf(weeks, numbers.get(random.nextInt(numbers.size()))).add(poison);
    }
    for (Map.Entry<Integer, List<byte[]>> week : weeks.entrySet()) {
      Collections.shuffle(week.getValue(), random);
      writeLines(
          folder.resolve(String.format(Locale.ROOT, "week-%02d.jsonl.gz", week.getKey())),
          week.getValue());
    }
    return new Delivery(weeks.size(), events, repeats, late, POISON.size());
  }

  static JsonNode read(Path flights) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(flights))) {
      return Json.parse(in.readAllBytes());
    }
  }

  private static List<byte[]> linesOf(Map<Integer, List<byte[]>> weeks, int week) {
    return weeks.computeIfAbsent(week, unused -> new ArrayList<>());
  }

  private static int weekOf(String date) {
    return (LocalDate.parse(date.substring(0, 10), DAY).getDayOfYear() - 1) / 7 + 1;
  }

  private static void writeLines(Path file, List<byte[]> lines) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      for (byte[] line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
  }
}
