package dev.leat.io.lake;

import org.apache.iceberg.Snapshot;

/**
 * What an ingest committed, read back from the table. {@code read = stored + deadLetters}.
 *
 * @param inputFiles files that it took
 * @param stored events now in the table that were not before
 * @param dataFiles Parquet files that hold them
 */
public record IngestReport(
    String runId,
    long inputFiles,
    long read,
    long stored,
    long deadLetters,
    long dataFiles,
    long snapshotId) {

  static IngestReport of(String runId, Snapshot snapshot) {
    return new IngestReport(
        runId,
        History.number(snapshot, History.FILES),
        History.number(snapshot, History.READ),
        History.number(snapshot, History.STORED),
        History.number(snapshot, History.DEAD_LETTERS),
        History.number(snapshot, org.apache.iceberg.SnapshotSummary.ADDED_FILES_PROP),
        snapshot.snapshotId());
  }
}
