package dev.leat.pipelines.backfill;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.leat.io.lake.BackfillBranch;
import dev.leat.io.lake.BackfillState;
import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.run.WholeWindows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast a backfill is on this machine: its workflow is run whole, for all keys, on a few short
 * parts of the range, into tables in a temporary folder that is deleted at the end.
 *
 * <p>The first parts find what a process pays once; the others, of different sizes, the time of a
 * chunk and that of a row.
 */
final class Trial implements AutoCloseable {
  /** Below so many raw rows the backfill itself takes seconds. */
  private static final long LEAST_ROWS = 200_000;

  /** Raw rows of a large part: some seconds. */
  private static final long MOST_ROWS_OF_A_PART = 400_000;

  /**
   * The parts: where in the range they begin, and their sizes as shares of a large one. Two in
   * which the process gets warm, then a large one between two small ones.
   */
  private static final double[][] PARTS = {{0, 0.25}, {0.2, 1}, {0.4, 0.25}, {0.5, 1}, {0.8, 0.25}};

  private static final int WARMING = 2;

  /** All parts together have at most this share of the rows. */
  private static final double MOST_SHARE = 0.5;

  private final Backfill backfill;
  private final long snapshot;
  private final Launcher launcher;
  private final int cores;
  private final List<Chunk> parts;
  private final List<Estimate.Timed> timed = new ArrayList<>();
  private final Thread interrupted = new Thread(this::delete, "leat-trial-delete");
  private @Nullable Path folder;

  private Trial(Backfill backfill, long snapshot, Launcher launcher, int cores, List<Chunk> parts) {
    this.backfill = backfill;
    this.snapshot = snapshot;
    this.launcher = launcher;
    this.cores = cores;
    this.parts = parts;
  }

  /**
   * Empty if the range is too small for one, if its raw files are too large to be tried in parts,
   * or on a cluster: that has no part in this machine's temporary folder.
   */
  static Optional<Trial> of(Backfill backfill, Plan plan, Launcher launcher, int cores) {
    return of(backfill, plan, launcher, cores, LEAST_ROWS);
  }

  static Optional<Trial> of(
      Backfill backfill, Plan plan, Launcher launcher, int cores, long leastRows) {
    if (plan.rows() < leastRows || !launcher.isEmbedded()) {
      return Optional.empty();
    }
    RawScan scan = backfill.scan(plan.snapshot());
    return slots(backfill)
        .map(slots -> new Parts(slots, scan).choose())
        .filter(parts -> !parts.isEmpty())
        .findFirst()
        .map(parts -> new Trial(backfill, plan.snapshot(), launcher, cores, parts));
  }

  /** What parts can be made of: hours, days or partitions if windows end with them. */
  private static Stream<List<TimeRange>> slots(Backfill backfill) {
    Stream<List<TimeRange>> times =
        Stream.of(Duration.ofHours(1), Duration.ofDays(1))
            .filter(slot -> isWhole(backfill, slot))
            .map(slot -> slots(backfill.range(), slot));
    return Stream.concat(times, Stream.of(backfill.table().partitions(backfill.range())));
  }

  private static List<TimeRange> slots(TimeRange range, Duration slot) {
    List<TimeRange> slots = new ArrayList<>();
    Instant begin = range.start();
    while (begin.isBefore(range.end())) {
      slots.add(TimeRange.of(begin, begin.plus(slot)));
      begin = begin.plus(slot);
    }
    return slots;
  }

  /**
   * Runs it, in a process that had done nothing before.
   *
   * @param progress told of every part, a line each
   */
  Estimate run(Consumer<String> progress) {
    parts.forEach(part -> time(part, progress));
    return Estimate.ofTrial(timed.subList(0, WARMING), timed.subList(WARMING, timed.size()));
  }

  private void time(Chunk part, Consumer<String> progress) {
    Backfill scratch = backfill.into(table("rows"), table("dead_letters"), replacedBy(part));
    BackfillBranch branch = scratch.branch();
    BackfillState state = branch.begin(() -> snapshot, Optional.empty());
    long begin = System.nanoTime();
    new ChunkJob(scratch, branch, state, part, scratch.range()).run(launcher, cores);
    double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1e3;
    timed.add(new Estimate.Timed(part.rows(), seconds));
    progress.accept(
        String.format(
            Locale.ROOT,
            "trial %d of %d, %s: %,d raw rows, %.1f s",
            timed.size(),
            parts.size(),
            Words.times(part.range()),
            part.rows(),
            seconds));
  }

  /** The whole partitions of the temporary table that a part lies in. */
  private TimeRange replacedBy(Chunk part) {
    TimeRange range = part.range();
    if (!byDate(backfill)) {
      return range;
    }
    Instant end = range.end().minusMillis(1).truncatedTo(ChronoUnit.DAYS);
    return TimeRange.of(range.start().truncatedTo(ChronoUnit.DAYS), end.plus(1, ChronoUnit.DAYS));
  }

  private ConnectorUri table(String name) {
    try {
      if (folder == null) {
        folder = Files.createTempDirectory("leat-trial-");
        Runtime.getRuntime().addShutdownHook(interrupted);
      }
      String place = folder.resolve(timed.size() + "/" + name).toString();
      String partition = byDate(backfill) ? "date" : backfill.table().partitionedBy();
      return ConnectorUri.parse("lake:.").withPlace(place).withParameter("partition", partition);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether its windows end at midnight, so that it can fill a table by days. */
  private static boolean byDate(Backfill backfill) {
    return isWhole(backfill, Duration.ofDays(1));
  }

  private static boolean isWhole(Backfill backfill, Duration slot) {
    Instant start = backfill.range().start();
    try {
      WholeWindows.check(backfill.workflow(), TimeRange.of(start, start.plus(slot)));
      return true;
    } catch (UsageException e) {
      return false;
    }
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException e) {
      // The process ends, and the hook runs or has run.
    }
  }

  private void delete() {
    Path whole = folder;
    if (whole == null) {
      return;
    }
    try {
      MoreFiles.deleteRecursively(whole, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      // It is in the folder of temporary files, which is swept by others.
    }
  }

  /** Finds the parts in the metadata of the raw table. */
  private static final class Parts {
    private final RawScan scan;
    private final List<TimeRange> slots;
    private final double[] rows;
    private final double total;

    Parts(List<TimeRange> slots, RawScan scan) {
      this.scan = scan;
      this.slots = slots;
      this.rows = Chunks.rowsOf(slots, scan);
      this.total = Arrays.stream(rows).sum();
    }

    /** Empty if there are none that are small and for which about their own rows are read. */
    List<Chunk> choose() {
      double most = Math.min(MOST_ROWS_OF_A_PART, total / 8);
      List<Chunk> parts = new ArrayList<>();
      for (double[] part : PARTS) {
        part(part[0], part[1] * most).ifPresent(parts::add);
      }
      long all = parts.stream().mapToLong(Chunk::rows).sum();
      return parts.size() == PARTS.length && all <= MOST_SHARE * total ? parts : List.of();
    }

    private Optional<Chunk> part(double position, double size) {
      int begin = 0;
      double passed = 0;
      while (begin < slots.size() - 1 && passed + rows[begin] <= position * total) {
        passed += rows[begin++];
      }
      int end = begin;
      double gathered = 0;
      while (end < slots.size() && gathered < size) {
        gathered += rows[end++];
      }
      TimeRange range = TimeRange.of(slots.get(begin).start(), slots.get(end - 1).end());
      Chunk part = Chunk.of(range, scan);
      // Files that reach far beyond it would be read for it, and not in the same share by a chunk.
      return gathered > 0 && part.rows() <= 1.25 * gathered ? Optional.of(part) : Optional.empty();
    }
  }
}
