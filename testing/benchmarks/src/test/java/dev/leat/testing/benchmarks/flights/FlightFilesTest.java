package dev.leat.testing.benchmarks.flights;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class FlightFilesTest {
  private static final int LINES = 100_003;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void linesAreFlights() throws IOException {
    List<String> lines = lines(made("one"));

    assertThat(lines, hasSize(LINES));
    for (String line : lines) {
      assertThat(
          line,
          matchesPattern(
              "\\{\"id\":\"f\\d{8}\",\"time\":\"2001-0[123]-\\d\\dT\\d\\d:\\d\\d:00Z\","
                  + "\"origin\":\"[A-Z]{3}\",\"destination\":\"[A-Z]{3}\","
                  + "\"delay\":-?\\d{1,4},\"distance\":\\d{2,4}\\}"));
    }
  }

  @Test
  public void sameNumberIsSameBytes() throws IOException {
    assertThat(lines(made("one")), is(lines(made("other"))));
  }

  @Test
  public void linesAreReadFileByFile() throws IOException {
    Path files = made("one").folder();
    List<String> read = new ArrayList<>();

    try (LinesInOrder lines = new LinesInOrder(files)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        read.add(new String(line, StandardCharsets.US_ASCII));
      }
    }

    assertThat(
        read,
        is(
            FlightLines.of(LINES).stream()
                .map(line -> new String(line, StandardCharsets.US_ASCII))
                .toList()));
  }

  @Test
  public void oneLineInTwentyRepeatsAnother() throws IOException {
    List<String> lines = lines(made("one"));

    assertThat(new HashSet<>(lines), hasSize(LINES - LINES / 20));
    Map<String, String> byId = new HashMap<>();
    for (String line : lines) {
      String known = byId.putIfAbsent(line.substring(0, 17), line);
      assertThat(known == null || known.equals(line), is(true));
    }
  }

  @Test
  public void linesAreInNoOrderAndOriginsNotAlike() throws IOException {
    FlightFiles files = made("one");

    int backwards = 0;
    long last = 0;
    Map<String, Integer> origins = new TreeMap<>();
    for (String line : lines(files)) {
      Flight flight = FlightReader.read(line);
      backwards += flight.time < last ? 1 : 0;
      last = flight.time;
      origins.merge(flight.origin, 1, Integer::sum);
    }
    assertThat(backwards, greaterThan(LINES / 4));
    assertThat(origins.size(), is(220));
    int most = origins.values().stream().max(Integer::compare).orElseThrow();
    assertThat(most, allOf(greaterThan(LINES / 8), lessThan(LINES / 4)));
  }

  @Test
  public void hourlyIsTheTableOfTheLines() throws IOException {
    FlightFiles files = made("one");

    Map<String, long[]> groups = new HashMap<>();
    for (String line : new HashSet<>(lines(files))) {
      Flight flight = FlightReader.read(line);
      String key = Instant.ofEpochMilli(flight.hour()) + "|" + flight.origin;
      long[] sums = groups.computeIfAbsent(key, k -> new long[] {0, 0, 0, Long.MIN_VALUE});
      sums[0]++;
      sums[1] += flight.delay;
      sums[2] += flight.distance;
      sums[3] = Math.max(sums[3], flight.delay);
    }
    List<String> expected = new ArrayList<>();
    groups.forEach(
        (key, sums) ->
            expected.add(key + "|" + sums[0] + "|" + sums[1] + "|" + sums[2] + "|" + sums[3]));
    expected.sort(null);
    assertThat(files.hourly(), is(expected));
  }

  @Test
  public void filesThatAreThereAreUsedAgain() throws IOException {
    FlightFiles files = made("one");
    Path file = files.folder().resolve("part-0.jsonl");
    Files.writeString(file, "changed");

    made("one");

    assertThat(Files.readString(file), is("changed"));
  }

  private FlightFiles made(String name) throws IOException {
    return FlightFiles.in(folder.getRoot().toPath().resolve(name), LINES);
  }

  private static List<String> lines(FlightFiles files) throws IOException {
    List<Path> paths;
    try (Stream<Path> list = Files.list(files.folder())) {
      paths = list.sorted().toList();
    }
    assertThat(paths, hasSize(8));
    List<String> lines = new ArrayList<>();
    for (Path path : paths) {
      lines.addAll(Files.readAllLines(path));
    }
    return lines;
  }
}
