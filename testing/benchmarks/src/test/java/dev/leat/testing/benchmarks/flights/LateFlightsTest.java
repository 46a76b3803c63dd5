package dev.leat.testing.benchmarks.flights;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class LateFlightsTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void everyLineIsEarlyOrLateAndLateOnesAreOfOneDay() throws IOException {
    Path root = folder.getRoot().toPath();
    Path flights = FlightFiles.in(root, 20_000).folder();

    LateFlights.split(flights, root.resolve("split"));

    List<String> early = lines(root.resolve("split/early"));
    List<String> late = lines(root.resolve("split/late"));
    List<String> both = new ArrayList<>(early);
    both.addAll(late);
    both.sort(null);
    assertThat(both, is(lines(flights).stream().sorted().toList()));
    assertThat(late.size(), greaterThan(0));
    assertThat(late, everyItem(containsString("\"time\":\"2001-02-14T")));
  }

  private static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
