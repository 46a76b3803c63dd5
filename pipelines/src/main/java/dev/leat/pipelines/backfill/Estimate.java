package dev.leat.pipelines.backfill;

import dev.leat.io.lake.RunSpeed;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long it takes to make chunks: a time to start, a time for each chunk, and a time for each raw
 * row that is read.
 *
 * @param startSeconds what a process pays once: classes loaded, code compiled
 * @param perChunkSeconds before and after the rows themselves
 * @param relativeError half the width of a 95% interval, as a share of the time; 1 if unknown
 * @param basis what it rests on, for people
 */
public record Estimate(
    double startSeconds,
    double perChunkSeconds,
    double rowsPerSecond,
    double relativeError,
    String basis) {
  /**
   * Raw rows in a second on one core, where nothing was recorded: what a workflow with repeats
   * dropped, a lookup and six measures did on the DirectRunner on a machine of 2 cores.
   */
  private static final double DEFAULT_ROWS_PER_CORE_SECOND = 25_000;

  private static final double DEFAULT_CHUNK_SECONDS = 2;

  /** The newest runs are most like the next. */
  private static final int MOST_RUNS = 30;

  /** The time of one and the same job varies by about so much on a machine with other work. */
  private static final double LEAST_TRIAL_ERROR = 0.2;

  /** A part of the range on which the workflow was run to see how long it takes. */
  record Timed(long rows, double seconds) {}

  /**
   * From what the table's commits recorded of the same workflow, in whatever version, on the same
   * runner; otherwise from the default.
   *
   * <p>With runs of different sizes it is the line of least squares through their times; with one
   * size, or if the line is none that a run can have, the mean speed.
   */
  static Estimate of(List<RunSpeed> recorded, String workflow, String runner, int cores) {
    List<RunSpeed> runs =
        recorded.stream()
            .filter(run -> run.workflow().equals(workflow) && run.runner().equals(runner))
            .filter(run -> run.cores() == cores)
            .limit(MOST_RUNS)
            .toList();
    if (runs.isEmpty()) {
      double rate = DEFAULT_ROWS_PER_CORE_SECOND * cores;
      return new Estimate(
          0,
          DEFAULT_CHUNK_SECONDS,
          rate,
          1,
          String.format(
              Locale.ROOT,
              "a default of %,.0f rows/s on %d %s: no run of this table has recorded its speed",
              rate,
              cores,
              cores == 1 ? "core" : "cores"));
    }
    Line line =
        Line.through(
            runs.stream()
                .map(run -> new Timed(run.inputRows(), run.duration().toMillis() / 1e3))
                .toList());
    return new Estimate(
        0,
        line.intercept(),
        1 / line.slope(),
        line.relativeError(),
        String.format(
            Locale.ROOT,
            "%d %s of this table on %s with %d %s: %,.0f rows/s and %.1f s for each",
            runs.size(),
            runs.size() == 1 ? "run" : "runs or chunks",
            runner,
            cores,
            cores == 1 ? "core" : "cores",
            1 / line.slope(),
            line.intercept()));
  }

  /**
   * From a trial.
   *
   * @param warming in a process that had done nothing before
   * @param warm after them, of different sizes
   */
  static Estimate ofTrial(List<Timed> warming, List<Timed> warm) {
    Line line = Line.through(warm);
    double start =
        warming.stream().mapToDouble(part -> part.seconds() - line.at(part.rows())).sum();
    return new Estimate(
        Math.max(0, start),
        line.intercept(),
        1 / line.slope(),
        Math.max(LEAST_TRIAL_ERROR, line.relativeError()),
        String.format(
            Locale.ROOT,
            "a trial on %,d rows in %d parts of the range: %,.0f rows/s, %.1f s for each chunk and"
                + " %.1f s to start",
            Stream.concat(warming.stream(), warm.stream()).mapToLong(Timed::rows).sum(),
            warming.size() + warm.size(),
            1 / line.slope(),
            line.intercept(),
            Math.max(0, start)));
  }

  /** For chunks that read so many rows in all. */
  Duration time(long chunks, long rows) {
    return Duration.ofMillis(
        Math.round(1000 * (startSeconds + chunks * perChunkSeconds + rows / rowsPerSecond)));
  }

  /** Seconds by rows. */
  private record Line(double intercept, double slope, double relativeError) {
    static Line through(List<Timed> runs) {
      int n = runs.size();
      double meanRows = runs.stream().mapToDouble(Timed::rows).sum() / n;
      double meanSeconds = runs.stream().mapToDouble(Timed::seconds).sum() / n;
      double covariance = 0;
      double variance = 0;
      for (Timed run : runs) {
        covariance += (run.rows() - meanRows) * (run.seconds() - meanSeconds);
        variance += (run.rows() - meanRows) * (run.rows() - meanRows);
      }
      // Sizes that hardly differ say nothing of the slope.
      boolean differ = n > 2 && variance > n * meanRows * meanRows / 100;
      double slope = differ ? covariance / variance : 0;
      double intercept = meanSeconds - slope * meanRows;
      if (slope <= 0 || intercept < 0) {
        slope = meanSeconds / meanRows;
        intercept = 0;
      }
      return new Line(intercept, slope, error(runs, intercept, slope));
    }

    /** Of the time of one more such run; a single one says nothing of how they differ. */
    private static double error(List<Timed> runs, double intercept, double slope) {
      if (runs.size() < 3) {
        return 0.5;
      }
      double squares = 0;
      for (Timed run : runs) {
        double expected = intercept + slope * run.rows();
        squares += Math.pow((run.seconds() - expected) / expected, 2);
      }
      return Math.sqrt(squares / (runs.size() - 1)) * StudentT.twoSided95(runs.size() - 1);
    }

    double at(double rows) {
      return intercept + slope * rows;
    }
  }
}
