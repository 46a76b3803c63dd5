package dev.leat.io.lake;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.TableMetadata;

/**
 * One version of a table.
 *
 * @param operation Iceberg's word: append, overwrite, delete or replace
 * @param files data files of this version
 * @param runId the run that made it
 * @param workflowVersion the version of {@code workflow}, as {@code leat check} tells it
 * @param source what the run read, without parameters
 * @param inputSnapshot the snapshot of the source that it read, if that has any
 * @param tags in alphabetical order
 * @param branches in alphabetical order; without {@code main}, which is {@code current}
 * @param current whether it is what a reader sees now
 * @param rolledBack whether readers saw it, and it was rolled back: the current version does not
 *     stand on it
 */
public record TableVersion(
    long snapshotId,
    Instant time,
    String operation,
    long rowsAdded,
    long rowsRemoved,
    long rows,
    long files,
    Optional<String> runId,
    Optional<String> workflow,
    Optional<String> workflowVersion,
    Optional<String> source,
    Optional<String> inputSnapshot,
    List<String> tags,
    List<String> branches,
    boolean current,
    boolean rolledBack) {

  static TableVersion of(Snapshot snapshot, TableMetadata metadata, Mainline mainline) {
    Snapshot head = metadata.currentSnapshot();
    return new TableVersion(
        snapshot.snapshotId(),
        Instant.ofEpochMilli(snapshot.timestampMillis()),
        Optional.ofNullable(snapshot.operation()).orElse("unknown"),
        History.number(snapshot, SnapshotSummary.ADDED_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.DELETED_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP),
        History.number(snapshot, SnapshotSummary.TOTAL_DATA_FILES_PROP),
        text(snapshot, History.RUN_ID),
        text(snapshot, History.WORKFLOW),
        text(snapshot, History.WORKFLOW_VERSION),
        text(snapshot, History.SOURCE),
        text(snapshot, History.INPUT_SNAPSHOT),
        names(snapshot, metadata.refs(), true),
        names(snapshot, metadata.refs(), false),
        snapshot.equals(head),
        mainline.wasRolledBack(snapshot.snapshotId()));
  }

  private static Optional<String> text(Snapshot snapshot, String property) {
    return Optional.ofNullable(snapshot.summary().get(property));
  }

  private static List<String> names(
      Snapshot snapshot, Map<String, SnapshotRef> refs, boolean isTag) {
    return refs.entrySet().stream()
        .filter(ref -> ref.getValue().snapshotId() == snapshot.snapshotId())
        .filter(ref -> ref.getValue().isTag() == isTag)
        .map(Map.Entry::getKey)
        .filter(name -> !name.equals(SnapshotRef.MAIN_BRANCH))
        .sorted()
        .toList();
  }
}
