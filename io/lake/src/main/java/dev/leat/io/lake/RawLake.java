package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.UsageException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The raw lake: one table of all events, late ones and repeats too, and one beside it of dead
 * letters. Its rows are only ever added.
 *
 * <p>An ingest takes each file once, whatever crashes, is retried or runs beside it:
 *
 * <pre>{@code
 * IngestPlan plan = lake.plan(source.files());
 * events.apply("Ingest", lake.ingest(runId, plan).withDeadLetters(deadLetters));
 * pipeline.run().waitUntilFinish();
 * // or, of records: records.apply("Ingest", lake.ingest(runId, plan).parsing(mapping));
 * lake.committed(runId);   // empty if another ingest was faster: plan again
 * }</pre>
 *
 * <p>A live ingest takes each record of a log once, see {@link IngestLive}:
 *
 * <pre>{@code
 * events = pipeline.apply(log.read(lake.taken())) …
 * events.apply("Ingest", lake.ingestLive(runId, Duration.ofSeconds(10)).withDeadLetters(deadLetters));
 * }</pre>
 *
 * <p>{@code partition=month|date|hour|tenant}, a list, is how a new table is partitioned; default
 * {@code date,hour,tenant}. Choose it so that a partition holds megabytes.
 */
public final class RawLake {
  private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9_.:-]{1,200}");
  private static final int MAX_ATTEMPTS = 20;
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration MAX_INTERVAL = Duration.ofHours(1);

  private final LakeTable table;
  private final Optional<List<RawPartition>> asked;

  private RawLake(LakeTable table, Optional<List<RawPartition>> asked) {
    this.table = table;
    this.asked = asked;
  }

  /**
   * Names a raw table. Nothing is opened.
   *
   * @throws UsageException if the URI cannot be a raw table's
   */
  public static RawLake of(ConnectorUri uri) {
    uri.allowParameters(Set.of("partition", "catalog"));
    return new RawLake(LakeTable.parse(uri), RawPartition.asked(uri));
  }

  public LakeTable table() {
    return table;
  }

  /**
   * Leaves out the files that are in the lake already. Writes nothing, also where there is no lake
   * yet.
   *
   * @throws UsageException if the table is no raw table, or partitioned otherwise than asked
   */
  public IngestPlan plan(List<InputFile> files) {
    IngestPlan.Builder plan = IngestPlan.builder();
    Bookmark events = Bookmark.NONE;
    List<RawPartition> partitions;
    try (Warehouse.OpenTable open = Warehouse.findTable(table).orElse(null)) {
      if (open != null) {
        events = Bookmark.of(open.table());
      }
      partitions = partitionsOf(open);
    }
    Bookmark letters = Bookmark.NONE;
    Optional<String> lettersVersion = Optional.empty();
    try (Warehouse.OpenTable open = Warehouse.findTable(table.deadLetters()).orElse(null)) {
      if (open != null) {
        letters = Bookmark.of(open.table());
        lettersVersion =
            Optional.ofNullable(open.table().currentSnapshot())
                .map(snapshot -> snapshot.summary().get(History.WORKFLOW_VERSION));
      }
    }
    ImmutableList.Builder<InputFile> pending = ImmutableList.builder();
    ImmutableSet.Builder<String> lettersStored = ImmutableSet.builder();
    int taken = 0;
    for (InputFile file : files) {
      if (events.files().contains(file)) {
        taken++;
        continue;
      }
      pending.add(file);
      if (letters.files().contains(file)) {
        lettersStored.add(file.name());
      }
    }
    ImmutableSet<String> stored = lettersStored.build();
    return plan.begunBy(stored.isEmpty() ? null : lettersVersion.orElse(null))
        .files(pending.build())
        .alreadyTaken(taken)
        .bookmark(events.location())
        .deadLetterBookmark(letters.location())
        .deadLettersStored(stored)
        .partitions(ImmutableList.copyOf(partitions))
        .build();
  }

  /**
   * Stores the events of the plan's files.
   *
   * @param runId unique for the run, 1 to 200 letters, digits, {@code _.:-}; a retry of the run
   *     carries the same and adds nothing
   */
  public IngestEvents ingest(String runId, IngestPlan plan) {
    checkRunId(runId);
    return IngestEvents.of(table, runId, plan);
  }

  /**
   * What live ingest has taken of logs: the offsets of its events and of its dead letters. A fresh
   * start reads on from there. Empty where there is no lake yet.
   */
  public Offsets taken() {
    try (Warehouse.OpenTable open = Warehouse.findTable(table).orElse(null)) {
      return open == null ? new Offsets() : LogBookmark.of(open.table());
    }
  }

  /**
   * Stores the events of logs as they come, each once. Looks at the table, if there is one.
   *
   * @param runId of the run, which keeps it when it is restored from a checkpoint; 1 to 200
   *     letters, digits, {@code _.:-}
   * @param commitEvery how long events wait to be stored together: 1s to 1h. Longer makes fewer and
   *     larger files, and rows appear later
   * @throws UsageException if the table is no raw table, or partitioned otherwise than asked
   */
  public IngestLive ingestLive(String runId, Duration commitEvery) {
    checkRunId(runId);
    if (commitEvery.compareTo(MIN_INTERVAL) < 0 || commitEvery.compareTo(MAX_INTERVAL) > 0) {
      throw new UsageException("commitEvery: expected 1s to 1h, got " + commitEvery);
    }
    try (Warehouse.OpenTable open = Warehouse.findTable(table).orElse(null)) {
      return IngestLive.of(
          table, partitionsOf(open), runId, org.joda.time.Duration.millis(commitEvery.toMillis()));
    }
  }

  /**
   * What a run committed; empty if it did not: it failed, is still running, or was superseded by
   * another ingest that took some of its files. Of a live run this is its newest commit; {@link
   * #committedLive} counts them all.
   */
  public Optional<IngestReport> committed(String runId) {
    try (Warehouse.OpenTable open = Warehouse.findTable(table).orElse(null)) {
      return open == null
          ? Optional.empty()
          : History.ofRun(open.table(), runId).map(snapshot -> IngestReport.of(runId, snapshot));
    }
  }

  /**
   * What a live run has committed so far, of the snapshots that were not expired yet; empty if that
   * is nothing.
   */
  public Optional<LiveReport> committedLive(String runId) {
    try (Warehouse.OpenTable open = Warehouse.findTable(table).orElse(null)) {
      if (open == null) {
        return Optional.empty();
      }
      long commits = 0;
      long read = 0;
      long stored = 0;
      long deadLetters = 0;
      for (Snapshot snapshot : SnapshotUtil.currentAncestors(open.table())) {
        if (runId.equals(snapshot.summary().get(History.RUN_ID))) {
          commits++;
          read += History.number(snapshot, History.READ);
          stored += History.number(snapshot, History.STORED);
          deadLetters += History.number(snapshot, History.DEAD_LETTERS);
        }
      }
      return commits == 0
          ? Optional.empty()
          : Optional.of(new LiveReport(runId, commits, read, stored, deadLetters));
    }
  }

  /** One pipeline of an ingest, run to its end. */
  @FunctionalInterface
  public interface Attempt {
    void run(String runId, IngestPlan plan);
  }

  /**
   * Plans and ingests until it is done, again with what is left whenever another ingest was faster.
   *
   * @param runId of the first attempt; a later one has {@code -2}, {@code -3}, … after it
   * @return what was committed; empty if there was nothing left to take
   */
  public Optional<IngestReport> ingestAll(String runId, List<InputFile> files, Attempt attempt) {
    for (int number = 1; number <= MAX_ATTEMPTS; number++) {
      String attemptId = number == 1 ? runId : runId + "-" + number;
      IngestPlan plan = plan(files);
      if (plan.isEmpty()) {
        return Optional.empty();
      }
      attempt.run(attemptId, plan);
      Optional<IngestReport> report = committed(attemptId);
      if (report.isPresent()) {
        return report;
      }
    }
    throw new IllegalStateException(
        table
            + ": other ingests were faster "
            + MAX_ATTEMPTS
            + " times; nothing is lost, run it again");
  }

  /** As the table is partitioned, or is to be. */
  private List<RawPartition> partitionsOf(Warehouse.@Nullable OpenTable open) {
    if (open == null) {
      return asked.orElse(RawPartition.DEFAULT);
    }
    List<RawPartition> actual = RawEvents.partitionsOf(table, open.table());
    if (asked.isPresent() && !actual.equals(asked.get())) {
      throw RawEvents.partitionedOtherwise(table, actual, asked.get());
    }
    return actual;
  }

  private static void checkRunId(String runId) {
    if (!RUN_ID.matcher(runId).matches()) {
      throw new UsageException(
          "runId: expected 1 to 200 letters, digits, '_', '.', ':' or '-', got '" + runId + "'");
    }
  }
}
