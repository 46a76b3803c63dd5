package dev.leat.pipelines.backfill;

import com.google.common.collect.ImmutableList;
import dev.leat.io.lake.BackfillState;
import dev.leat.io.lake.DerivedTable;
import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a backfill will do, from the metadata of its tables alone.
 *
 * @param branch that it is gathered on
 * @param partitions of the table, all of the range
 * @param snapshot of the raw table that is read
 * @param files of the raw table, each once
 * @param rows in these files, also those outside the range
 * @param chunks that are still to be made, in the order of time
 * @param made how many chunks are made already
 * @param published what readers see now
 * @param emptied partitions with published rows for which the raw table has no events
 * @param estimate how fast it goes
 */
public record Plan(
    String branch,
    String partitionedBy,
    List<TimeRange> partitions,
    long snapshot,
    long files,
    long bytes,
    long rows,
    ImmutableList<Chunk> chunks,
    int made,
    DerivedTable.Published published,
    ImmutableList<TimeRange> emptied,
    Estimate estimate) {

  static Plan of(Backfill backfill, String runner, int cores) {
    Optional<BackfillState> state = backfill.branch().state().filter(it -> !it.isPublished());
    RawScan scan = state.isPresent() ? backfill.scan(state.get().inputSnapshot()) : backfill.scan();
    DerivedTable table = backfill.table();
    List<TimeRange> missing = state.map(BackfillState::missing).orElse(List.of(backfill.range()));
    DerivedTable.Published published = table.published(backfill.range());
    List<TimeRange> partitions = table.partitions(backfill.range());
    return new Plan(
        backfill.branch().name(),
        table.partitionedBy(),
        partitions,
        scan.snapshotId(),
        scan.files().size(),
        scan.bytes(),
        scan.rows(),
        ImmutableList.copyOf(chunks(table, missing, scan, backfill.chunkRows())),
        state.map(it -> it.chunks().size()).orElse(0),
        published,
        ImmutableList.copyOf(emptied(partitions, scan, published)),
        Estimate.of(table.speeds(), backfill.workflow().name(), runner, cores));
  }

  static List<Chunk> chunks(
      DerivedTable table, List<TimeRange> missing, RawScan scan, long chunkRows) {
    List<Chunk> chunks = new ArrayList<>();
    for (TimeRange gap : missing) {
      RawScan within = within(scan, gap);
      chunks.addAll(Chunks.of(table.partitions(gap), within, chunkRows));
    }
    return chunks;
  }

  private static RawScan within(RawScan scan, TimeRange range) {
    List<RawScan.RawFile> files = new ArrayList<>();
    for (RawScan.RawFile file : scan.files()) {
      if (file.first().isBefore(range.end()) && !file.last().isBefore(range.start())) {
        files.add(file);
      }
    }
    return new RawScan(scan.snapshotId(), ImmutableList.copyOf(files));
  }

  /** Partitions that a backfill would leave without a row, perhaps because raw events expired. */
  static List<TimeRange> emptied(
      List<TimeRange> partitions, RawScan scan, DerivedTable.Published published) {
    double[] rows = Chunks.rowsOf(partitions, scan);
    List<TimeRange> emptied = new ArrayList<>();
    for (int i = 0; i < partitions.size(); i++) {
      Instant begin = partitions.get(i).start();
      if (rows[i] == 0 && published.partitions().getOrDefault(begin, 0L) > 0) {
        emptied.add(partitions.get(i));
      }
    }
    return emptied;
  }

  /** Raw rows that will be read; a file that lies in two chunks is read twice. */
  public long rowsToRead() {
    return chunks.stream().mapToLong(Chunk::rows).sum();
  }

  public long bytesToRead() {
    return chunks.stream().mapToLong(Chunk::bytes).sum();
  }

  Plan withEstimate(Estimate other) {
    return new Plan(
        branch,
        partitionedBy,
        partitions,
        snapshot,
        files,
        bytes,
        rows,
        chunks,
        made,
        published,
        emptied,
        other);
  }

  public Duration time() {
    return estimate.time(chunks.size(), rowsToRead());
  }
}
