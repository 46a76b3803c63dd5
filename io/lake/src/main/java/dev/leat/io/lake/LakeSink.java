package dev.leat.io.lake;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Durations;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.wait.AllOf;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;

/**
 * Replaces a derived table, or the windows in ranges of event time, in one commit, on a branch if
 * that is asked. Of two runs at once the one that commits last is what remains, whole, unless they
 * ask that nothing moved meanwhile ({@link SinkRequest#ifStill}): then the slower publishes
 * nothing.
 *
 * <p>{@code partition=date|month|none}, default {@code date} if the rows have {@code window_start}.
 * Ranges must be whole partitions. The files of earlier versions stay for time travel, so plain
 * Parquet readers should ask for those of the current version: {@link LakeTables#dataFiles}.
 *
 * <p>The rows of a live run are committed together every {@code commit=} of processing time, 1s to
 * 1h, default 10s: at any moment the table reads like the result of a batch run. A commit is seen
 * whole or not at all; of rows with one key the one of most events stands, in whatever order and
 * however often they come, so a count never shrinks, and a crash, a restore of any age or a second
 * run of the same workflow changes nothing. Each commit copies the files that it changes: expire
 * old snapshots. State: the rows that wait for their commit. See docs/adr/0013.
 */
final class LakeSink implements RowSink {
  private final DerivedRows rows;
  private final SinkRequest request;
  private final Duration commitEvery;

  private LakeSink(DerivedRows rows, SinkRequest request, Duration commitEvery) {
    this.rows = rows;
    this.request = request;
    this.commitEvery = commitEvery;
  }

  static LakeSink open(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of("partition", "catalog", "commit"));
    Duration commitEvery = commitEvery(uri);
    LakeTable name = LakeTable.parse(uri);
    Optional<RowPartition> asked = RowPartition.asked(uri);
    boolean windowed = hasWindowStart(request.schema());
    if (!windowed && asked.isPresent() && asked.get() != RowPartition.NONE) {
      throw new UsageException(
          uri + ": partition: the rows have no window_start, expected partition=none");
    }
    try (Warehouse.OpenTable open = Warehouse.findTable(name).orElse(null)) {
      RowPartition partition =
          asked.orElseGet(
              () ->
                  Optional.ofNullable(open)
                      .flatMap(table -> RowPartition.of(table.table().spec()))
                      .orElse(windowed ? RowPartition.DATE : RowPartition.NONE));
      DerivedRows rows = new DerivedRows(name, request.schema(), partition);
      rows.columns();
      if (open != null) {
        rows.check(open.table());
      }
      if (request.live().isPresent()) {
        RowKey.of(target(rows, request));
      } else {
        request
            .eventTime()
            .ifPresent(times -> times.ranges().forEach(range -> checkRange(uri, range, partition)));
      }
      return new LakeSink(rows, request, commitEvery);
    }
  }

  /** What is written, and where. */
  DerivedRows rows() {
    return rows;
  }

  private static Duration commitEvery(ConnectorUri uri) {
    return uri.parameter("commit")
        .map(
            every ->
                Durations.option(
                    uri + ": commit",
                    every,
                    Duration.ofSeconds(1),
                    Duration.ofHours(1),
                    "1s to 1h"))
        .orElse(Duration.ofSeconds(10));
  }

  private static RowTarget target(DerivedRows rows, SinkRequest request) {
    return new RowTarget(rows, request.live().orElseThrow(), request.runId(), request.properties());
  }

  private static boolean hasWindowStart(Schema schema) {
    return schema.hasField(RowPartition.WINDOW_START)
        && schema.getField(RowPartition.WINDOW_START).getType().getTypeName()
            == Schema.TypeName.DATETIME;
  }

  private static void checkRange(ConnectorUri uri, TimeRange range, RowPartition partition) {
    if (partition == RowPartition.NONE) {
      throw new UsageException(
          uri
              + ": eventTimeStart, eventTimeEnd: a table that is not partitioned by date or month"
              + " can only be replaced whole");
    }
    if (!partition.beginsAt(range.start()) || !partition.beginsAt(range.end())) {
      throw new UsageException(
          uri
              + ": eventTimeStart, eventTimeEnd: expected whole UTC "
              + (partition == RowPartition.DATE ? "days" : "months")
              + ", because that is what the table can replace, got "
              + range.start()
              + " and "
              + range.end());
    }
  }

  @Override
  public PTransform<PCollection<RowBlock>, PCollection<Void>> write() {
    return new Replace(rows, request);
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> writeLive() {
    return new WriteLiveRows(target(rows, request), commitEvery);
  }

  @Override
  public PTransform<PCollection<RowBlock>, PDone> addNew() {
    return new AddRows(target(rows, request));
  }

  private static final class Replace extends PTransform<PCollection<RowBlock>, PCollection<Void>> {
    private static final long serialVersionUID = 1L;

    private final DerivedRows rows;
    private final String runId;
    private final Replacement replacement;

    Replace(DerivedRows rows, SinkRequest request) {
      this.rows = rows;
      this.runId = request.runId();
      this.replacement = Replacement.of(request);
    }

    @Override
    public PCollection<Void> expand(PCollection<RowBlock> input) {
      AllOf<StagedFile> files = RouteRows.stage(input, rows, replacement.windowStarts());
      return input
          .getPipeline()
          .apply("Once", Create.of(runId))
          .apply(
              "Replace",
              ParDo.of(new ReplaceRows(rows, replacement, files)).withSideInputs(files.view()));
    }
  }

  @Override
  public Optional<String> summary() {
    try (Warehouse.OpenTable open = Warehouse.findTable(rows.name()).orElse(null)) {
      return open == null
          ? Optional.empty()
          : History.ofRun(open.table(), request.branch().orElse(null), request.runId())
              .map(snapshot -> request.live().isPresent() ? live(snapshot) : bounded(snapshot));
    }
  }

  private String bounded(Snapshot snapshot) {
    long added = History.number(snapshot, SnapshotSummary.ADDED_RECORDS_PROP);
    long files = History.number(snapshot, SnapshotSummary.ADDED_FILES_PROP);
    return summary(added, files, snapshot);
  }

  /** What the table holds: what the last of many commits added says little. */
  private String live(Snapshot snapshot) {
    long held = History.number(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP);
    long files = History.number(snapshot, SnapshotSummary.TOTAL_DATA_FILES_PROP);
    return summary(held, files, snapshot);
  }

  private String summary(long count, long files, Snapshot snapshot) {
    return String.format(
        Locale.ROOT,
        "%s: %,d %s in %,d %s, snapshot %d",
        rows.name(),
        count,
        count == 1 ? "row" : "rows",
        files,
        files == 1 ? "file" : "files",
        snapshot.snapshotId());
  }
}
