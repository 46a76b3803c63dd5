package dev.leat.pipelines.workflow;

import dev.leat.io.spi.UsageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Everything that is wrong with a document, gathered, so that it is all told at once. */
final class Problems {
  private static final int MOST = 100;
  private static final int LONGEST = 1000;

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(Optional<Mark> mark, String message) {
    found.add(
        new Problem(
            mark.map(place -> place.getLine() + 1).orElse(1),
            mark.map(place -> place.getColumn() + 1).orElse(1),
            message));
  }

  /** One problem alone. */
  static UsageException exception(String file, Optional<Mark> mark, String message) {
    Problems problems = new Problems(file);
    problems.add(mark, message);
    return problems.exception();
  }

  /**
   * Tells what was found.
   *
   * @throws UsageException if anything was
   */
  void throwIfAny() {
    if (!found.isEmpty()) {
      throw exception();
    }
  }

  /** What was found, in the order of the document. */
  private UsageException exception() {
    List<String> lines =
        found.stream()
            .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
            .map(problem -> file + ":" + problem.line + ":" + problem.column + ": " + problem.text)
            .map(Problems::printable)
            .distinct()
            .collect(Collectors.toList());
    if (lines.size() > MOST) {
      int more = lines.size() - MOST;
      lines = new ArrayList<>(lines.subList(0, MOST));
      lines.add(file + ": and " + more + " more problems");
    }
    return new UsageException(lines);
  }

  /** One line without control characters: a document's own text must not steer a terminal. */
  private static String printable(String line) {
    String safe = line.replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST) + "…";
  }

  private record Problem(int line, int column, String text) {}
}
