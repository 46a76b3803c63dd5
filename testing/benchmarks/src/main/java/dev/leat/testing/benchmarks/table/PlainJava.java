package dev.leat.testing.benchmarks.table;

import com.fasterxml.jackson.core.JsonParser;
import dev.leat.testing.benchmarks.flights.Flight;
import dev.leat.testing.benchmarks.flights.FlightReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A program of two threads, written for this one purpose. */
final class PlainJava {
  private PlainJava() {}

  public static void main(String[] args) throws Exception {
    List<Path> files;
    try (Stream<Path> list = Files.list(Path.of(args[0]))) {
      files = list.sorted().toList();
    }
    TwoThreads.table(files, PlainJava::read).write(Path.of(args[1]));
  }

  private static void read(Path file, TwoThreads.Receiver receiver) throws Exception {
    try (InputStream in = Files.newInputStream(file);
        JsonParser parser = FlightReader.parser(in)) {
      Flight flight;
      while ((flight = FlightReader.next(parser)) != null) {
        receiver.take(flight);
      }
    }
  }
}
