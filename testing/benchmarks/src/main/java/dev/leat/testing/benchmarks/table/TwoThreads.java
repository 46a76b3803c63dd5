package dev.leat.testing.benchmarks.table;

import dev.leat.testing.benchmarks.compare.Task;
import dev.leat.testing.benchmarks.flights.Flight;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Two threads that take file after file, share the ids that were seen, and sum up on their own. */
final class TwoThreads {
  private TwoThreads() {}

  /** Takes a flight, which may be a repeat. */
  interface Receiver {
    void take(Flight flight);
  }

  /** Reads all flights of a file. */
  interface Reader {
    void read(Path file, Receiver receiver) throws Exception;
  }

  static Sums table(List<Path> files, Reader reader) throws Exception {
    SeenIds seen = new SeenIds();
    AtomicInteger next = new AtomicInteger();
    Callable<Sums> worker =
        () -> {
          Sums sums = new Sums();
          int file;
          while ((file = next.getAndIncrement()) < files.size()) {
            reader.read(
                files.get(file),
                flight -> {
                  if (seen.add(flight.id)) {
                    sums.add(flight);
                  }
                });
          }
          return sums;
        };
    ExecutorService threads = Executors.newFixedThreadPool(Task.THREADS);
    try {
      Sums all = new Sums();
      for (Future<Sums> part :
          threads.invokeAll(IntStream.range(0, Task.THREADS).mapToObj(i -> worker).toList())) {
        all.add(part.get());
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }
}
