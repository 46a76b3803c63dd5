package dev.leat.testing.benchmarks.lake;

import dev.leat.testing.benchmarks.compare.Task;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;

/** Two threads, file after file; a Parquet file for each day of each of them. */
final class PlainJava {
  private PlainJava() {}

  public static void main(String[] args) throws Exception {
    Path output = Path.of(args[1]);
    List<Callable<Void>> tasks = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      files.sorted().forEach(file -> tasks.add(() -> copy(file, output)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(Task.THREADS);
    try {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @SuppressWarnings("NullAway") // A Callable<Void> has nothing to return but null.
  private static Void copy(Path file, Path output) throws IOException {
    Map<String, ParquetWriter<RawFlight>> writers = new HashMap<>();
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String line;
      while ((line = in.readLine()) != null) {
        RawFlight flight = RawFlight.read(line);
        String folder = flight.folder();
        ParquetWriter<RawFlight> writer = writers.get(folder);
        if (writer == null) {
          Path target = Files.createDirectories(output.resolve(folder));
          writer =
              RawFlightWriter.to(
                  new LocalOutputFile(target.resolve(file.getFileName() + ".parquet")));
          writers.put(folder, writer);
        }
        writer.write(flight);
      }
    } finally {
      for (ParquetWriter<RawFlight> writer : writers.values()) {
        writer.close();
      }
    }
    return null;
  }
}
