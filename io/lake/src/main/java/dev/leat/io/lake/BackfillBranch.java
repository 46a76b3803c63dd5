package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.block.RowBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * The branch of a derived table on which a backfill gathers its rows, chunk by chunk, until they
 * become what readers see. Everything that is known of a backfill is in the commits of its branch,
 * so any run can go on with it; two at once share the work, since a chunk is committed once.
 *
 * <pre>
 * main    ──●──●──────────────────●  published: the branch's newest commit, or a copy on a later main
 *            └─○ begun (input snapshot) ─ ○ chunk ─ ○ chunk ─ ○ finished (audit)
 * </pre>
 */
public final class BackfillBranch {
  private static final int ATTEMPTS = 30;

  private final LakeSink sink;
  private final String branch;
  private final TimeRange range;
  private final ImmutableMap<String, String> properties;

  private BackfillBranch(
      LakeSink sink, String branch, TimeRange range, ImmutableMap<String, String> properties) {
    this.sink = sink;
    this.branch = branch;
    this.range = range;
    this.properties = properties;
  }

  /**
   * Names the branch of a backfill; nothing is written.
   *
   * @param request of the backfill's runs: its range, and of its properties {@code workflow},
   *     {@code workflow-version} and {@code source}
   * @throws UsageException if the table cannot take such rows, or not in that range
   */
  public static BackfillBranch of(ConnectorUri table, SinkRequest request) {
    TimeRange range = request.eventTime().orElseThrow().single();
    return new BackfillBranch(
        LakeSink.open(table, request), nameOf(request, range), range, withRun(request));
  }

  private static ImmutableMap<String, String> withRun(SinkRequest request) {
    return ImmutableMap.<String, String>builder()
        .putAll(request.properties())
        .put("run-id", request.runId())
        .buildOrThrow();
  }

  /** {@code backfill-NAME-VERSION-20010101-20010201}: letters, digits, {@code _} and {@code -}. */
  private static String nameOf(SinkRequest request, TimeRange range) {
    String name =
        String.join(
            "-",
            "backfill",
            request.properties().getOrDefault("workflow", ""),
            request.properties().getOrDefault("workflow-version", ""),
            day(range.start()),
            day(range.end()));
    if (!name.matches("[A-Za-z0-9_-]{1,200}")) {
      throw new UsageException("backfill: '" + name + "' cannot be the name of a branch");
    }
    return name;
  }

  private static String day(Instant midnight) {
    return midnight.toString().substring(0, 10).replace("-", "");
  }

  public String name() {
    return branch;
  }

  /** What it is a branch of. */
  public DerivedTable table() {
    return new DerivedTable(sink.rows());
  }

  /**
   * How far the backfill is; empty if it was not begun.
   *
   * @throws UsageException if the branch is another one's
   */
  public Optional<BackfillState> state() {
    try (Warehouse.OpenTable open = Warehouse.findTable(sink.rows().name()).orElse(null)) {
      return open == null ? Optional.empty() : state(open.table());
    }
  }

  private Optional<BackfillState> state(Table table) {
    Snapshot head = table.snapshot(branch);
    if (head == null) {
      return Optional.empty();
    }
    boolean published = Lines.stands(table, table.currentSnapshot(), head.snapshotId());
    Optional<BackfillState> state = BackfillCommit.state(Lines.from(table, head), published);
    if (state.isEmpty() || !state.get().range().equals(range)) {
      throw new UsageException(
          sink.rows().name()
              + ": the branch "
              + branch
              + " is of no backfill of this range; drop it, or give the backfill other times");
    }
    return state;
  }

  /**
   * Begins the backfill on what readers see now, unless it is begun already: of two that begin it
   * at once one does, and both go on with that.
   *
   * @param inputSnapshot asked for the snapshot to read once it is known what readers see: so it
   *     has at least what the table was made of
   * @param givenUp the backfill in whose place this one comes; empty if there was none
   */
  public BackfillState begin(LongSupplier inputSnapshot, Optional<BackfillState> givenUp) {
    try (Warehouse warehouse = Warehouse.open(sink.rows().name())) {
      Table table = sink.rows().prepare(warehouse);
      String id = UUID.randomUUID().toString();
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        table.refresh();
        Optional<BackfillState> known = state(table);
        if (known.isPresent()
            && !givenUp.map(BackfillState::id).equals(known.map(BackfillState::id))) {
          return known.get();
        }
        Snapshot main = table.currentSnapshot();
        long input = inputSnapshot.getAsLong();
        Map<String, String> entries = BackfillCommit.begin(id, range, idOf(main), input, input);
        if (base(entries, List.of(), List.of()).tryCommit(table, main, headOf(known))) {
          return state(table).orElseThrow();
        }
      }
      throw moving();
    }
  }

  /** What of history a backfill has. */
  public enum Extent {
    ALL,
    SOME
  }

  /** Writes the rows of a chunk and commits them, unless the branch has the chunk by then. */
  public PTransform<PCollection<RowBlock>, PDone> write(
      BackfillState state, TimeRange chunk, Map<String, String> more, PCollection<String> counts) {
    ImmutableMap<String, String> all =
        ImmutableMap.<String, String>builder()
            .putAll(properties)
            .put("input-snapshot", Long.toString(state.inputSnapshot()))
            .putAll(more)
            .buildOrThrow();
    return new WriteChunk(sink.rows(), branch, state.id(), chunk, all, counts);
  }

  /**
   * Says that all chunks are there, and what the audit says.
   *
   * @param problems a line for each rule that is broken
   * @param extent whether the range has all that the source and the table have: then the table
   *     agrees with the source, and an incremental run goes on from there
   * @return the state then; another run may have finished it, or begun it anew
   */
  public BackfillState finish(BackfillState complete, List<String> problems, Extent extent) {
    FaultPoint.BACKFILL_COMPLETE.reached();
    try (Warehouse.OpenTable open = Warehouse.openTable(sink.rows().name())) {
      Table table = open.table();
      AppendFiles append = table.newAppend().toBranch(branch);
      BackfillBase.set(append, properties, BackfillCommit.chunks(complete.id(), List.of()));
      append.set(
          BackfillCommit.AUDIT,
          problems.isEmpty() ? BackfillCommit.PASSED : String.join("\n", problems));
      if (extent == Extent.ALL && problems.isEmpty()) {
        append.set(History.SOURCE_BOOKMARK, Long.toString(complete.oldestInput()));
      }
      append.validateWith(ancestry -> Objects.equals(complete.head(), History.headOf(ancestry)));
      try {
        append.commit();
      } catch (ValidationException e) {
        // Another run did, with the same verdict on the same chunks, or it was begun anew.
      }
      table.refresh();
      return state(table).orElseThrow();
    } finally {
      FaultPoint.BACKFILL_FINISHED.reached();
    }
  }

  /**
   * Makes a finished backfill what readers see, in one commit, if the table is as it was when the
   * backfill was begun.
   *
   * @throws IllegalStateException if it is not finished, or its audit failed
   */
  public Publishing publish() {
    try (Warehouse.OpenTable open = Warehouse.openTable(sink.rows().name())) {
      Table table = open.table();
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        table.refresh();
        BackfillState state = state(table).orElseThrow();
        if (state.isPublished()) {
          return new Publishing.Already(state.head());
        }
        if (!state.audit().equals(Optional.of(""))) {
          throw new IllegalStateException("not finished, or refused by its audit");
        }
        Snapshot main = table.currentSnapshot();
        if (!Optional.ofNullable(main).map(Snapshot::snapshotId).equals(state.base())) {
          return new Publishing.Moved(Movements.of(table, state));
        }
        if (Lines.moveMain(table, main, state.head())) {
          return new Publishing.Done(state.head(), state.base());
        }
      }
      throw moving();
    }
  }

  /**
   * Puts the backfill on what readers see now. Chunks in whose time nobody wrote meanwhile are
   * taken over as they are; the others are to be made again, from a newer input: so is what others
   * wrote there neither lost nor mixed with it.
   *
   * @param inputSnapshot as in {@link #begin}; used for the chunks that are still to be made
   */
  public BackfillState rebase(LongSupplier inputSnapshot) {
    try (Warehouse.OpenTable open = Warehouse.openTable(sink.rows().name())) {
      Table table = open.table();
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        table.refresh();
        BackfillState state = state(table).orElseThrow();
        Snapshot main = table.currentSnapshot();
        if (state.isPublished() || Optional.ofNullable(idOf(main)).equals(state.base())) {
          return state;
        }
        List<TimeRange> touched =
            Movements.of(table, state).stream()
                .flatMap(each -> each.partitions().stream())
                .toList();
        List<BackfillState.Chunk> kept =
            state.chunks().stream()
                .filter(
                    chunk ->
                        touched.stream()
                            .noneMatch(each -> BackfillCommit.overlap(each, chunk.range())))
                .toList();
        boolean allKept = kept.size() == state.chunks().size();
        long input = allKept ? state.inputSnapshot() : inputSnapshot.getAsLong();
        Map<String, String> entries = rebased(state, kept, allKept, idOf(main), input);
        List<TimeRange> ranges = kept.stream().map(BackfillState.Chunk::range).toList();
        List<DataFile> files =
            ranges.isEmpty()
                ? List.of()
                : Lines.files(table, state.head(), Replacement.startingIn(TimeRanges.of(ranges)));
        if (base(entries, ranges, files).tryCommit(table, main, state.head())) {
          return state(table).orElseThrow();
        }
      }
      throw moving();
    }
  }

  private Map<String, String> rebased(
      BackfillState state,
      List<BackfillState.Chunk> kept,
      boolean allKept,
      @Nullable Long base,
      long input) {
    long oldest = kept.isEmpty() ? input : state.oldestInput();
    Map<String, String> entries =
        new LinkedHashMap<>(BackfillCommit.begin(state.id(), range, base, input, oldest));
    entries.putAll(BackfillCommit.chunks(state.id(), kept));
    state
        .audit()
        .filter(unused -> allKept)
        .map(audit -> audit.isEmpty() ? BackfillCommit.PASSED : audit)
        .ifPresent(audit -> entries.put(BackfillCommit.AUDIT, audit));
    return entries;
  }

  /** Forgets the branch; what readers see stays as it is. */
  public void drop() {
    try (Warehouse.OpenTable open = Warehouse.openTable(sink.rows().name())) {
      if (open.table().snapshot(branch) != null) {
        open.table().manageSnapshots().removeBranch(branch).commit();
      }
    }
  }

  private BackfillBase base(
      Map<String, String> entries, List<TimeRange> kept, List<DataFile> files) {
    return new BackfillBase(branch, properties, entries, kept, files);
  }

  private static @Nullable Long idOf(@Nullable Snapshot snapshot) {
    return snapshot == null ? null : snapshot.snapshotId();
  }

  private static @Nullable Long headOf(Optional<BackfillState> state) {
    return state.map(BackfillState::head).orElse(null);
  }

  private CommitFailedException moving() {
    return new CommitFailedException(
        "%s: other writers changed the table during each of %s attempts",
        sink.rows().name(), ATTEMPTS);
  }
}
