package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What must be read of a raw table for a range of event time, from the table's metadata alone: no
 * data file is opened.
 *
 * @param snapshotId of the version that was looked at
 * @param files those that can have events in the range, in the order of their first event
 */
public record RawScan(long snapshotId, ImmutableList<RawFile> files) {

  /**
   * One data file.
   *
   * @param rows all of the file, in the range or not
   * @param first time of its earliest event, cut to the range; its begin if the file does not tell
   * @param last time of its latest event, cut to just before the range's end
   */
  public record RawFile(String location, long rows, long bytes, Instant first, Instant last) {}

  /**
   * Looks at a raw table, at {@code snapshot=} if the URI has it.
   *
   * @return empty if nothing was ever ingested
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   * @throws dev.leat.io.spi.UsageException if it is no raw table, or has no such snapshot
   */
  public static Optional<RawScan> of(ConnectorUri uri, TimeRange range) {
    uri.allowParameters(Set.of("catalog", "snapshot", "columns"));
    LakeTable name = LakeTable.parse(uri);
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Table table = open.table();
      List<RawPartition> partitions = RawEvents.partitionsOf(name, table);
      Snapshot snapshot = LakeSource.snapshot(uri, table);
      if (snapshot == null) {
        return Optional.empty();
      }
      List<RawFile> files = new ArrayList<>();
      try (CloseableIterable<FileScanTask> tasks =
          table
              .newScan()
              .useSnapshot(snapshot.snapshotId())
              .filter(EventTimeFilter.of(TimeRanges.of(range), partitions))
              .includeColumnStats()
              .planFiles()) {
        tasks.forEach(task -> files.add(file(task.file(), table, range)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<RawFile> sorted = new ArrayList<>(files);
      sorted.sort(
          (a, b) -> {
            int byTime = a.first().compareTo(b.first());
            return byTime != 0 ? byTime : a.location().compareTo(b.location());
          });
      return Optional.of(new RawScan(snapshot.snapshotId(), ImmutableList.copyOf(sorted)));
    }
  }

  public long rows() {
    return files.stream().mapToLong(RawFile::rows).sum();
  }

  public long bytes() {
    return files.stream().mapToLong(RawFile::bytes).sum();
  }

  private static RawFile file(DataFile file, Table table, TimeRange range) {
    Types.NestedField time = table.schema().findField("time");
    Instant lastInRange = range.end().minusNanos(1);
    Instant first = bound(file.lowerBounds(), time, range.start());
    // A time is stored in whole microseconds, rounded down.
    Instant last = bound(file.upperBounds(), time, lastInRange);
    return new RawFile(
        file.location(),
        file.recordCount(),
        file.fileSizeInBytes(),
        first.isBefore(range.start()) ? range.start() : first,
        last.isAfter(lastInRange) ? lastInRange : last);
  }

  private static Instant bound(
      @Nullable Map<Integer, ByteBuffer> bounds, Types.NestedField time, Instant otherwise) {
    ByteBuffer bound = bounds == null ? null : bounds.get(time.fieldId());
    Long micros = bound == null ? null : Conversions.fromByteBuffer(time.type(), bound);
    return micros == null ? otherwise : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
