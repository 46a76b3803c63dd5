package dev.leat.io.lake;

import dev.leat.ingest.Mapping;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import dev.leat.window.WindowSpec;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * A table of a workflow's rows and the table that they are made of, a raw one or one of another
 * workflow's rows: what of the one the other does not have yet.
 *
 * <pre>{@code
 * DerivedLake lake = DerivedLake.of(source, table, workflow.mapping());
 * SourceBookmark from = lake.bookmark().orElseThrow();
 * Increment increment = lake.plan(from, workflow.window());
 * }</pre>
 *
 * <p>Rows that are made of the events at {@link Increment.Part#eventTimes} and whose windows start
 * at {@link Increment.Part#windowStarts} are then those that a run over all events would make, if
 * equal events make equal rows and copies of an event carry the same time. They must replace what
 * the table has of that part, on condition that the bookmark is still {@code from}. See
 * docs/adr/0018.
 */
public final class DerivedLake {
  private final ConnectorUri sourceUri;
  private final LakeTable source;
  private final LakeTable derived;
  private final Mapping mapping;

  private DerivedLake(
      ConnectorUri sourceUri, LakeTable source, LakeTable derived, Mapping mapping) {
    this.sourceUri = sourceUri;
    this.source = source;
    this.derived = derived;
    this.mapping = mapping;
  }

  /**
   * Names the tables. Nothing is opened.
   *
   * @param source a raw table; may have {@code snapshot=}
   * @throws UsageException if one cannot be a table's URI
   */
  public static DerivedLake of(ConnectorUri source, ConnectorUri derived) {
    return of(source, derived, Mapping.cloudEvents());
  }

  /**
   * The same of a source that need not be a raw table.
   *
   * @param mapping what makes events of the source's rows, if it is none
   */
  public static DerivedLake of(ConnectorUri source, ConnectorUri derived, Mapping mapping) {
    return new DerivedLake(source, LakeTable.parse(source), LakeTable.parse(derived), mapping);
  }

  /** The source without parameters, as two runs can compare it. */
  public String source() {
    return source.toString();
  }

  /** What the table agrees with; empty if no run has said so, or there is no table. */
  public Optional<SourceBookmark> bookmark() {
    try (Warehouse.OpenTable open = Warehouse.findTable(derived).orElse(null)) {
      return open == null
          ? Optional.empty()
          : SourceBookmark.newest(SnapshotUtil.currentAncestors(open.table()));
    }
  }

  /**
   * The version of the workflow by which a part of the table was made since its bookmark, in a
   * backfill; empty if there was none.
   */
  public Optional<String> backfilledSince(SourceBookmark bookmark) {
    try (Warehouse.OpenTable open = Warehouse.findTable(derived).orElse(null)) {
      if (open != null) {
        for (Snapshot snapshot : SnapshotUtil.currentAncestors(open.table())) {
          if (bookmark.runId().equals(snapshot.summary().get(History.RUN_ID))) {
            return Optional.empty();
          }
          if (snapshot.summary().containsKey(BackfillCommit.ID)) {
            return Optional.ofNullable(snapshot.summary().get(History.WORKFLOW_VERSION));
          }
        }
      }
      return Optional.empty();
    }
  }

  /** What a run over all events, of a snapshot of the source, must remember as its bookmark. */
  public Map<String, String> propertiesOfWhole(long sourceVersion) {
    return Increment.nothing(sourceVersion, LateWindows.currentOf(derived)).properties();
  }

  /**
   * Finds what to recompute. Nothing is written.
   *
   * @param windows absent if rows have none: then all is to be recomputed
   * @throws UsageException if the source does not know the bookmark's snapshot any more
   * @throws dev.leat.io.spi.UnreachableException if a table is not there
   */
  public Increment plan(SourceBookmark from, Optional<WindowSpec> windows) {
    // First, so that a late event that is named after it is found by the next run.
    LateWindows late = LateWindows.since(derived, from.property(SourceBookmark.LATE));
    try (Warehouse.OpenTable sourceTable = Warehouse.openTable(source);
        Warehouse.OpenTable derivedTable = Warehouse.openTable(derived)) {
      Snapshot to = LakeSource.snapshot(sourceUri, sourceTable.table());
      if (to == null) {
        throw new UsageException(
            source
                + ": has no events, and "
                + derived
                + " is made of some; run the workflow without --incremental if that is right");
      }
      SourceTable input = SourceTable.of(source, sourceTable.table(), to, mapping);
      SourceChanges changes = input.changesSince(from.sourceVersion());
      Optional<RowPartition> partition =
          RowPartition.of(derivedTable.table().spec()).filter(it -> it != RowPartition.NONE);
      int news = changes.files().size();
      int lateWindows = late.starts().size();
      Increment whole =
          new Increment(to.snapshotId(), news, lateWindows, Optional.empty(), 0, late.version());
      if (whole.isEmpty()
          || windows.isEmpty()
          || partition.isEmpty()
          || input.hasOtherColumnsThan(from.sourceVersion())) {
        return whole;
      }
      TouchedTimes touched = new TouchedTimes(input, windows.get(), partition.get());
      touched.addAll(changes.files());
      late.starts().forEach(touched::addWindow);
      if (touched.partitions().isEmpty() && touched.strays() > 0) {
        // Nothing but dead letters is new, and they are nowhere yet.
        return whole;
      }
      RecomputedPart part =
          new RecomputedPart(input, derivedTable.table(), from, windows.get(), partition.get());
      return part.around(touched, changes.isAdditive())
          .map(
              recomputed ->
                  new Increment(
                      to.snapshotId(),
                      news,
                      lateWindows,
                      Optional.of(recomputed),
                      touched.bytesRead(),
                      late.version()))
          .orElseGet(() -> Increment.nothing(to.snapshotId(), late.version()));
    }
  }
}
