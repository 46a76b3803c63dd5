package dev.leat.pipelines.backfill;

import dev.leat.io.lake.BackfillBranch;
import dev.leat.io.lake.BackfillBranch.Extent;
import dev.leat.io.lake.BackfillState;
import dev.leat.io.lake.DerivedTable;
import dev.leat.io.lake.Publishing;
import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.backfill.Backfill.NothingToDoException;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.quality.Audit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes a backfill: begins it or goes on with it, chunk by chunk, has it audited, and publishes it
 * if that is asked. Every step is a commit, and what is committed is never done again, so it can be
 * killed and run again at any time, and by two at once.
 */
public final class BackfillRun {
  /** How often others may write into the range while it is published. */
  private static final int MOST_REBASES = 5;

  private final Backfill backfill;
  private final BackfillBranch branch;
  private final Launcher launcher;
  private final BackfillOptions options;
  private final Consumer<String> progress;
  private int made;
  private int others;

  BackfillRun(
      Backfill backfill, Launcher launcher, BackfillOptions options, Consumer<String> progress) {
    this.backfill = backfill;
    this.branch = backfill.branch();
    this.launcher = launcher;
    this.options = options;
    this.progress = progress;
  }

  /**
   * @throws NothingToDoException if it is all done
   * @throws RefusedException if it is not published, with the reasons
   */
  BackfillOutcome run() {
    BackfillState state = begin();
    Optional<Publishing.Done> published = Optional.empty();
    int rebases = 0;
    while (true) {
      state = complete(state);
      String problems = state.audit().orElse("");
      if (!problems.isEmpty()) {
        throw new RefusedException(problems.lines().toList());
      }
      if (!options.publish()) {
        break;
      }
      Publishing ended = branch.publish();
      if (ended instanceof Publishing.Done done) {
        published = Optional.of(done);
        break;
      }
      if (ended instanceof Publishing.Already already) {
        throw new NothingToDoException(
            "Another run of this backfill has published it meanwhile, as snapshot "
                + already.snapshotId()
                + ".");
      }
      MovedUnderneath moved = new MovedUnderneath(((Publishing.Moved) ended).since());
      if (!options.rebase() || rebases++ == MOST_REBASES || moved.isLive()) {
        throw new RefusedException(moved.reasons(options.rebase()));
      }
      state = branch.rebase(() -> backfill.scan().snapshotId());
      progress.accept(
          String.format(
              Locale.ROOT,
              "put on the table as it is now; %d of its chunks stay as they are",
              state.chunks().size()));
    }
    return new BackfillOutcome(state, made, published);
  }

  private BackfillState begin() {
    Optional<BackfillState> known = branch.state();
    if (known.isPresent() && !options.restart()) {
      BackfillState state = known.get();
      String source = backfill.source().withoutParameters();
      if (!state.source().equals(source)) {
        throw new UsageException(
            "--source: the backfill on branch %s was begun from %s, got %s; give that, or --restart"
                .formatted(branch.name(), state.source(), source));
      }
      boolean sameLookups = state.workflow().lookups().equals(backfill.lookups());
      if (!state.isPublished()) {
        if (!sameLookups) {
          throw new UsageException(
              "%s: the lookups of the workflow hold other rows than when the backfill on branch %s was begun; --restart begins it anew"
                  .formatted(backfill.workflow().name(), branch.name()));
        }
        nothingLeft(state);
        progress.accept(
            String.format(
                Locale.ROOT,
                "goes on with branch %s, which has %d of its chunks, from snapshot %d of the"
                    + " source",
                branch.name(),
                state.chunks().size(),
                state.inputSnapshot()));
        return state;
      }
      if (sameLookups && !hasMoved(state)) {
        throw new NothingToDoException(
            "This backfill is published, as snapshot %d, and its source has no new files for this range since; --restart makes it again."
                .formatted(state.head()));
      }
    }
    RawScan scan = backfill.scan();
    refuseToEmpty(scan);
    BackfillState state = branch.begin(() -> backfill.scan().snapshotId(), known);
    progress.accept(
        "begins branch "
            + branch.name()
            + " from snapshot "
            + state.inputSnapshot()
            + " of the source");
    return state;
  }

  private void nothingLeft(BackfillState state) {
    if (state.audit().equals(Optional.of("")) && !options.publish()) {
      throw new NothingToDoException(
          "This backfill is finished on branch "
              + branch.name()
              + " and not published; --publish publishes it, --restart makes it again.");
    }
  }

  /** Whether the source has other files for the range than those that were read. */
  private boolean hasMoved(BackfillState state) {
    Set<String> now = locations(backfill.scan());
    try {
      return !now.equals(locations(backfill.scan(state.inputSnapshot())));
    } catch (UsageException e) {
      // That snapshot has expired: what it had can no longer be told.
      return true;
    }
  }

  private static Set<String> locations(RawScan scan) {
    Set<String> locations = new HashSet<>();
    scan.files().forEach(file -> locations.add(file.location()));
    return locations;
  }

  private void refuseToEmpty(RawScan scan) {
    if (scan.files().isEmpty()) {
      throw NothingToDoException.empty(backfill.range());
    }
    DerivedTable table = backfill.table();
    List<TimeRange> emptied =
        Plan.emptied(table.partitions(backfill.range()), scan, table.published(backfill.range()));
    if (!emptied.isEmpty() && !options.emptyPartitions()) {
      throw new RefusedException(
          List.of(
              String.format(
                  Locale.ROOT,
                  "%d of the range's partitions, the first from %s, have rows in the table and no"
                      + " events in the raw table, perhaps because those have expired; the backfill"
                      + " would leave them empty. Choose a range without them, or give"
                      + " --emptyPartitions.",
                  emptied.size(),
                  emptied.get(0).start())));
    }
  }

  /** Makes the chunks that are missing, and has all of them audited. */
  private BackfillState complete(BackfillState begun) {
    BackfillState state = begun;
    while (!state.missing().isEmpty()) {
      List<Chunk> chunks =
          new ArrayList<>(
              Plan.chunks(backfill.table(), state.missing(), pinned(state), backfill.chunkRows()));
      if (!state.chunks().isEmpty() || others > 0) {
        // A run that goes on begins at the end: the one that began may still be at work, and so
        // they meet in the middle.
        Collections.reverse(chunks);
      }
      for (int i = 0; i < chunks.size(); i++) {
        state = make(state, chunks.get(i), i + 1, chunks.size());
      }
    }
    if (state.isFinished()) {
      return state;
    }
    List<String> counts = state.chunks().stream().map(BackfillState.Chunk::counts).toList();
    List<String> problems =
        Audit.problems(backfill.workflow().quality(), Optional.of(backfill.range().end()), counts);
    BackfillState finished =
        branch.finish(
            state, problems, backfill.hasAll(state.inputSnapshot()) ? Extent.ALL : Extent.SOME);
    mustBeSame(state, finished);
    return finished.isFinished() ? finished : complete(finished);
  }

  private RawScan pinned(BackfillState state) {
    try {
      return backfill.scan(state.inputSnapshot());
    } catch (UsageException e) {
      throw new UsageException(
          "The snapshot %d of %s that this backfill was begun with is not there any more; --restart begins it anew with the current one"
              .formatted(state.inputSnapshot(), backfill.source()));
    }
  }

  private BackfillState make(BackfillState before, Chunk chunk, int number, int of) {
    BackfillState now = branch.state().orElseThrow();
    mustBeSame(before, now);
    if (now.missing().stream().noneMatch(gap -> contains(gap, chunk.range()))) {
      return now;
    }
    long begin = System.nanoTime();
    Counts counts = new ChunkJob(backfill, branch, now, chunk).run(launcher, options.cores());
    BackfillState after = branch.state().orElseThrow();
    mustBeSame(before, after);
    boolean ours = after.chunks().size() > now.chunks().size();
    made += ours ? 1 : 0;
    others += ours ? 0 : 1;
    progress.accept(
        String.format(
            Locale.ROOT,
            "chunk %d of %d, %s to %s: %,d raw rows read, %,d rows made, %.1f s",
            number,
            of,
            chunk.range().start(),
            chunk.range().end(),
            chunk.rows(),
            counts.of("rows"),
            Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1e3));
    return after;
  }

  private static boolean contains(TimeRange outer, TimeRange inner) {
    return !inner.start().isBefore(outer.start()) && !outer.end().isBefore(inner.end());
  }

  private void mustBeSame(BackfillState before, BackfillState now) {
    if (!now.id().equals(before.id())) {
      throw new NothingToDoException(
          "Another run has begun this backfill anew, on branch "
              + branch.name()
              + "; this one leaves it to that.");
    }
  }

  /** It was made as far as it could be, and is not published. The command exits with 3. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    RefusedException(List<String> problems) {
      super(String.join("\n", problems));
      this.problems = List.copyOf(problems);
    }

    /** Each a sentence; at least one. */
    public List<String> problems() {
      return problems;
    }
  }
}
