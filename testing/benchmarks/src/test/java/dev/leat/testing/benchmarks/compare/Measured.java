package dev.leat.testing.benchmarks.compare;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** A comparison that was never made. */
final class Measured {
  static final Result LEAT = result("leat", "Leat", done(2.0), done(12.0));
  static final Result RIGHT = result("duckdb", "DuckDB", done(1.0), done(6.0));
  static final Result WRONG =
      result("beam", "stock Beam", done(8.0), List.of(Trial.done(208.0, 52_000)));
  static final Result FAILED =
      result("flink", "native Flink", done(5.0), List.of(Trial.failed(7.0, "out of memory")));

  private Measured() {}

  /** Of 1,010,000 events beyond 10,000. */
  static Result result(String name, String label, List<Trial> startUps, List<Trial> trials) {
    Contender contender =
        new Contender(name, label, "by <any> means", task -> List.of(), task -> Map.of());
    return new Result(contender, 1_010_000, 10_000, startUps, trials);
  }

  static List<Trial> done(double seconds) {
    return List.of(Trial.done(seconds, 0), Trial.done(seconds, 0), Trial.done(seconds + 1, 0));
  }

  static Run run(List<Result> results) {
    return new Run(
        new NoWork(),
        "4g",
        3,
        "some machine",
        LocalDate.of(2001, 1, 14),
        List.of("Beam 2."),
        results);
  }

  private static final class NoWork implements Workload {
    @Override
    public String name() {
      return "W9";
    }

    @Override
    public String title() {
      return "nothing & more";
    }

    @Override
    public String description() {
      return "Nothing is done.";
    }

    @Override
    public List<Contender> contenders() {
      return List.of();
    }

    @Override
    public List<Long> sizes() {
      return List.of();
    }

    @Override
    public Path input(long events) {
      return Path.of("");
    }

    @Override
    public long differences(Path output, long events) {
      return 0;
    }
  }
}
