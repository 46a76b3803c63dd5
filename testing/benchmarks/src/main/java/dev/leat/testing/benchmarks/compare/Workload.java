package dev.leat.testing.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Work that all contenders do alike. */
public interface Workload {
  /** For {@code -Dleat.workloads}, and in the page: {@code W1}. */
  String name();

  String title();

  /** What is to be done, in a sentence or two. */
  String description();

  List<Contender> contenders();

  /** How many events, unless others are asked for. */
  List<Long> sizes();

  /**
   * How many events are so few that a run is start-up and little else; 0 if start-up is not to be
   * told apart, because it is nearly all of some runs.
   */
  default long startUpSize() {
    return 10_000;
  }

  /** The heap of each contender, unless another is asked for. */
  default String heap() {
    return "4g";
  }

  /** Makes what the contenders read, or finds it. */
  Path input(long events) throws IOException, InterruptedException;

  /**
   * How long a run took.
   *
   * @param whole the seconds of the whole process
   */
  default double seconds(Path output, double whole) throws IOException {
    return whole;
  }

  /** What else was measured of a run, by name and unit, in the order of the page's columns. */
  default Map<String, Double> figures(Path output, long events) throws IOException {
    return Map.of();
  }

  /** How many rows are missing, too many or different; 0 if all are right. */
  long differences(Path output, long events) throws IOException;
}
