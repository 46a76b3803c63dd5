package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/** A derived table as readers see it, or as it will be made: the table need not be there. */
public final class DerivedTable {
  private final DerivedRows rows;

  DerivedTable(DerivedRows rows) {
    this.rows = rows;
  }

  /**
   * What readers see of a range.
   *
   * @param snapshotId empty if there is no table, or nothing in it
   * @param partitions with rows, by when they begin
   * @param sameColumns whether the table has the columns of the rows that are to be made, no others
   */
  public record Published(
      Optional<Long> snapshotId,
      long rows,
      long bytes,
      long files,
      Map<Instant, Long> partitions,
      boolean sameColumns) {}

  /**
   * The partitions of a range, in the order of time.
   *
   * @param range whole partitions
   */
  public List<TimeRange> partitions(TimeRange range) {
    List<TimeRange> partitions = new ArrayList<>();
    Instant begin = range.start();
    while (begin.isBefore(range.end())) {
      TimeRange partition = rows.partition().rangeFrom(begin);
      partitions.add(partition);
      begin = partition.end();
    }
    return partitions;
  }

  /** What a partition is: {@code date} or {@code month}. */
  public String partitionedBy() {
    return rows.partition().parameter();
  }

  /** From the metadata alone. */
  public Published published(TimeRange range) {
    try (Warehouse.OpenTable open = Warehouse.findTable(rows.name()).orElse(null)) {
      Snapshot snapshot = open == null ? null : open.table().currentSnapshot();
      if (open == null || snapshot == null) {
        return new Published(Optional.empty(), 0, 0, 0, Map.of(), true);
      }
      return published(open.table(), snapshot, range);
    }
  }

  private Published published(Table table, Snapshot snapshot, TimeRange range) {
    long count = 0;
    long bytes = 0;
    List<DataFile> files =
        Lines.files(table, snapshot.snapshotId(), Replacement.startingIn(TimeRanges.of(range)));
    Map<Instant, Long> partitions = new HashMap<>();
    for (DataFile file : files) {
      count += file.recordCount();
      bytes += file.fileSizeInBytes();
      Integer ordinal =
          table.spec().isUnpartitioned() ? null : file.partition().get(0, Integer.class);
      if (ordinal != null) {
        partitions.merge(rows.partition().beginOf(ordinal), file.recordCount(), Long::sum);
      }
    }
    Set<String> columns = new HashSet<>();
    table.schema().columns().stream().map(Types.NestedField::name).forEach(columns::add);
    return new Published(
        Optional.of(snapshot.snapshotId()),
        count,
        bytes,
        files.size(),
        partitions,
        columns.equals(new HashSet<>(rows.rows().getFieldNames())));
  }

  /** How fast runs and chunks were that the table still knows of, the newest first. */
  public List<RunSpeed> speeds() {
    try (Warehouse.OpenTable open = Warehouse.findTable(rows.name()).orElse(null)) {
      List<RunSpeed> speeds = new ArrayList<>();
      if (open != null) {
        open.table().snapshots().forEach(each -> RunSpeed.of(each).ifPresent(speeds::add));
      }
      speeds.sort((a, b) -> b.committed().compareTo(a.committed()));
      return speeds;
    }
  }

  /**
   * Reads some of the rows of a version.
   *
   * @param key the columns that {@code chosen} looks at, all texts
   * @param chosen which rows are wanted
   * @return each as {@link StoredText#toJson} has it
   */
  public PTransform<PBegin, PCollection<String>> read(
      long snapshotId, TimeRange range, List<String> key, ChosenRows chosen) {
    try (Warehouse.OpenTable open = Warehouse.openTable(rows.name())) {
      return ReadStored.of(rows.name(), open.table(), snapshotId, range, key, chosen);
    }
  }

  /** The columns of the rows that are to be made. */
  public Schema schema() {
    return rows.rows();
  }

  @Override
  public String toString() {
    return rows.name().toString();
  }
}
