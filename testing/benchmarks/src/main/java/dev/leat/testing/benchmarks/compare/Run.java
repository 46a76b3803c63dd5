package dev.leat.testing.benchmarks.compare;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * A comparison, and where and how it was made.
 *
 * @param notes sentences for the page: versions, the command
 */
public record Run(
    Workload workload,
    String heap,
    int repetitions,
    String machine,
    LocalDate date,
    List<String> notes,
    List<Result> results) {

  public static Run now(
      Workload workload, String heap, int repetitions, List<String> notes, List<Result> results)
      throws IOException {
    return new Run(
        workload,
        heap,
        repetitions,
        Machine.description(),
        LocalDate.now(ZoneOffset.UTC),
        notes,
        results);
  }

  public List<Long> sizes() {
    return results.stream().map(Result::events).distinct().toList();
  }

  public List<Result> of(long size) {
    List<Result> found = new ArrayList<>(results);
    found.removeIf(result -> result.events() != size);
    return found;
  }
}
