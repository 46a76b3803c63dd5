package dev.leat.testing.benchmarks.flights;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Flights of which some of one day come later than the others. */
public final class LateFlights {
  private static final String DAY = "\"time\":\"2001-02-14T";
  private static final int ONE_IN = 100;

  private LateFlights() {}

  /**
   * Copies files of flights into {@code folder/early}, but for every hundredth line of the 14th of
   * February, which goes into {@code folder/late}.
   */
  public static void split(Path lines, Path folder) throws IOException {
    Path early = Files.createDirectories(folder.resolve("early"));
    Path late = Files.createDirectories(folder.resolve("late"));
    int ofDay = 0;
    try (BufferedWriter latecomers =
        Files.newBufferedWriter(late.resolve("late.jsonl"), US_ASCII)) {
      for (Path file : filesOf(lines)) {
        try (Stream<String> read = Files.lines(file, US_ASCII);
            BufferedWriter others =
                Files.newBufferedWriter(early.resolve(file.getFileName()), US_ASCII)) {
          for (String line : (Iterable<String>) read::iterator) {
            boolean isLate = line.contains(DAY) && ofDay++ % ONE_IN == 0;
            BufferedWriter out = isLate ? latecomers : others;
            out.write(line);
            out.write('\n');
          }
        }
      }
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
