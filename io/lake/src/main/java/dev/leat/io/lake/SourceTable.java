package dev.leat.io.lake;

import dev.leat.ingest.Mapping;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * What a derived table is made of, as of a snapshot: a raw table of events, or another table whose
 * rows a mapping makes events of.
 */
record SourceTable(LakeTable name, Table table, Snapshot snapshot, SourceTimes times) {

  /**
   * @param mapping how rows become events; a raw table needs none
   * @throws UsageException if the table is neither
   */
  static SourceTable of(LakeTable name, Table table, Snapshot snapshot, Mapping mapping) {
    SourceTimes times;
    if (RawEvents.isIn(table)) {
      times = SourceTimes.ofRaw(table.schema(), RawEvents.partitionsOf(name, table));
    } else {
      RowsSource.checkMapping(name.toString(), mapping);
      times = SourceTimes.ofRows(name, columnsOf(table, snapshot), mapping);
    }
    return new SourceTable(name, table, snapshot, times);
  }

  /** The columns that a version has, whatever later ones have. */
  static Schema columnsOf(Table table, @Nullable Snapshot snapshot) {
    Integer id = snapshot == null ? null : snapshot.schemaId();
    Schema columns = id == null ? null : table.schemas().get(id);
    return columns == null ? table.schema() : columns;
  }

  /**
   * @param from a snapshot's id
   * @throws UsageException if the table no longer knows it
   */
  SourceChanges changesSince(long from) {
    return times.isRaw()
        ? SourceChanges.ofRaw(name, table, from, snapshot)
        : SourceChanges.ofRows(name, table, from, snapshot);
  }

  /**
   * Whether rows that are in both versions make other events of them: their columns are the
   * payload.
   */
  boolean hasOtherColumnsThan(long from) {
    Snapshot earlier = table.snapshot(from);
    return !times.isRaw()
        && earlier != null
        && !columnsOf(table, earlier).sameSchema(columnsOf(table, snapshot));
  }

  /** From when on it has all its events, in epoch milliseconds. */
  long completeFrom() {
    String time = table.properties().get(History.EVENTS_FROM);
    return time == null || !times.partitionTheTable()
        ? Long.MIN_VALUE
        : Instant.parse(time).toEpochMilli();
  }

  /** Whether it has some; false also if its metadata do not tell. */
  boolean hasEventsFrom(Instant time) {
    if (!times.hasBounds()) {
      return false;
    }
    TimeRange later = TimeRange.of(time, TimeRange.always().end());
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .useSnapshot(snapshot.snapshotId())
            .filter(times.filter(TimeRanges.of(later)))
            .planFiles()) {
      return tasks.iterator().hasNext();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
  }
}
