package dev.leat.io.lake;

import dev.leat.wait.AllOf;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one step that makes a run's rows visible and those they replace invisible. */
final class ReplaceRows extends DoFn<String, Void> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReplaceRows.class);

  private final DerivedRows rows;
  private final Replacement replacement;
  private final AllOf<StagedFile> files;

  ReplaceRows(DerivedRows rows, Replacement replacement, AllOf<StagedFile> files) {
    this.rows = rows;
    this.replacement = replacement;
    this.files = files;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    String runId = context.element();
    List<StagedFile> staged = files.of(context);
    FaultPoint.ROWS_WRITTEN.reached();
    try (Warehouse warehouse = Warehouse.open(rows.name())) {
      Table table = rows.prepare(warehouse);
      if (History.ofRun(table, replacement.branch(), runId).isPresent()) {
        Staging.discardCopies(table, replacement.branch(), staged, runId);
        return;
      }
      replace(table, staged, runId);
    }
    FaultPoint.ROWS_COMMITTED.reached();
  }

  private void replace(Table table, List<StagedFile> staged, String runId) {
    try (Publication publication = Publication.of(table, runId, staged)) {
      OverwriteFiles overwrite = table.newOverwrite().overwriteByRowFilter(replacement.filter());
      publication.dataFiles().forEach(overwrite::addFile);
      FaultPoint.ROWS_PUBLISHED.reached();
      replacement.properties().forEach((key, value) -> overwrite.set(History.PREFIX + key, value));
      overwrite.set(History.RUN_ID, runId);
      if (replacement.branch() != null) {
        overwrite.toBranch(replacement.branch());
      }
      // Asked in every attempt, so that of two copies of this run one commits.
      overwrite.validateWith(
          ancestry -> History.ofRun(ancestry, runId).isEmpty() && replacement.mayFollow(ancestry));
      try {
        Commit.commit(table, overwrite, replacement.branch(), runId);
      } catch (RuntimeException e) {
        if (e instanceof CleanableFailure) {
          Staging.discard(table, staged, Set.of());
          publication.settled();
        }
        if (e instanceof ValidationException && replacement.unmoved() != null) {
          LOG.info("{}: run {} publishes nothing, another was faster", rows.name(), runId);
          return;
        }
        throw e;
      }
      Staging.discardCopies(table, replacement.branch(), staged, runId);
      publication.settled();
    }
  }
}
