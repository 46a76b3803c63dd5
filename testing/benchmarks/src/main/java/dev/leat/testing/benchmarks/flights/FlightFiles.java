package dev.leat.testing.benchmarks.flights;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Files of flights, one JSON object a line, 5% of the lines a repeat. The same number of lines is
 * the same bytes. Files that are there already are used again.
 */
public final class FlightFiles {
  private static final int FILES = 8;

  /** Changes when the bytes change, so that files of an older version are made anew. */
  private static final String VERSION = "1";

  private final Path folder;
  private final long lines;

  private FlightFiles(Path folder, long lines) {
    this.folder = folder;
    this.lines = lines;
  }

  /**
   * Makes the files, or finds them.
   *
   * @param parent where they have a folder of their own
   */
  public static FlightFiles in(Path parent, long lines) throws IOException {
    FlightFiles files = new FlightFiles(parent.resolve("flights-" + lines), lines);
    Path made = files.folder.resolve("version");
    if (!Files.exists(made) || !Files.readString(made).equals(VERSION)) {
      Files.createDirectories(files.folder.resolve("lines"));
      Files.deleteIfExists(made);
      files.write();
      Files.writeString(made, VERSION);
    }
    return files;
  }

  public long lines() {
    return lines;
  }

  /** A folder with nothing in it but {@code *.jsonl}. */
  public Path folder() {
    return folder.resolve("lines");
  }

  static Path part(Path folder, int number) {
    return folder.resolve("part-%d.jsonl".formatted(number));
  }

  /** The table of the flights by hour and origin, repeats counted once: {@link ResultRow} lines. */
  public List<String> hourly() throws IOException {
    return Files.readAllLines(hourlyFile());
  }

  /** What {@link #hourly} reads. */
  public Path hourlyFile() {
    return folder.resolve("hourly");
  }

  private void write() throws IOException {
    HourlyTable hourly = new HourlyTable();
    try {
      IntStream.range(0, FILES)
          .parallel()
          .mapToObj(this::write)
          .forEach(
              part -> {
                synchronized (hourly) {
                  hourly.add(part);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Files.write(hourlyFile(), hourly.lines());
  }

  private HourlyTable write(int file) {
    Deliveries deliveries = new Deliveries(lines);
    FlightSeries series = new FlightSeries(deliveries.flights());
    HourlyTable hourly = new HourlyTable();
    LineBuffer buffer = new LineBuffer();
    try (OutputStream out = Files.newOutputStream(part(folder(), file))) {
      for (long line = lines * file / FILES; line < lines * (file + 1) / FILES; line++) {
        long flight = deliveries.flight(line);
        series.write(flight, buffer);
        buffer.endLine(out);
        if (!deliveries.isRepeat(line)) {
          hourly.add(series, flight);
        }
      }
      buffer.flush(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hourly;
  }
}
