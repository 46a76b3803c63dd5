package dev.leat.io.lake;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/** The one step that makes a run's rows visible and those they replace invisible. */
final class ReplaceRows extends DoFn<String, Void> {
  private static final long serialVersionUID = 1L;

  private final DerivedRows rows;
  private final @Nullable Instant start;
  private final @Nullable Instant end;
  private final Map<String, String> properties;
  private final PCollectionView<List<StagedFile>> files;

  ReplaceRows(
      DerivedRows rows,
      @Nullable Instant start,
      @Nullable Instant end,
      Map<String, String> properties,
      PCollectionView<List<StagedFile>> files) {
    this.rows = rows;
    this.start = start;
    this.end = end;
    this.properties = properties;
    this.files = files;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    String runId = context.element();
    List<StagedFile> staged = context.sideInput(files);
    try (Warehouse warehouse = Warehouse.open(rows.name())) {
      Table table = rows.prepare(warehouse);
      if (History.ofRun(table, runId).isPresent()) {
        Staging.discardCopies(table, staged, runId);
        return;
      }
      replace(table, staged, runId);
    }
  }

  private void replace(Table table, List<StagedFile> staged, String runId) {
    try (Publication publication = Publication.of(table, runId, staged)) {
      OverwriteFiles overwrite = table.newOverwrite().overwriteByRowFilter(replaced());
      publication.dataFiles().forEach(overwrite::addFile);
      FaultPoint.ROWS_PUBLISHED.reached();
      properties.forEach((key, value) -> overwrite.set(History.PREFIX + key, value));
      overwrite.set(History.RUN_ID, runId);
      // Asked in every attempt, so that of two copies of this run one commits.
      overwrite.validateWith(ancestry -> History.ofRun(ancestry, runId).isEmpty());
      try {
        Commit.commit(table, overwrite, runId);
      } catch (RuntimeException e) {
        if (e instanceof CleanableFailure) {
          Staging.discard(table, staged, Set.of());
          publication.settled();
        }
        throw e;
      }
      Staging.discardCopies(table, staged, runId);
      publication.settled();
    }
  }

  private Expression replaced() {
    if (start == null || end == null) {
      return Expressions.alwaysTrue();
    }
    return Expressions.and(
        Expressions.greaterThanOrEqual(RowPartition.WINDOW_START, micros(start)),
        Expressions.lessThan(RowPartition.WINDOW_START, micros(end)));
  }

  /** Ranges are whole days. */
  private static long micros(Instant midnight) {
    return Math.multiplyExact(midnight.getEpochSecond(), 1_000_000L);
  }
}
