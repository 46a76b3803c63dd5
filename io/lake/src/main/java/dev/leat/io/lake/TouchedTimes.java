package dev.leat.io.lake;

import dev.leat.range.LongRanges;
import dev.leat.window.WindowSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/**
 * What the events of some files of a source touch: partitions of windows, and for sessions the
 * spans of time that the events would be alone. Of a file is read as little as tells: its bounds of
 * time, or its column of times.
 */
final class TouchedTimes {
  private final FileIO files;
  private final SourceTimes times;
  private final WindowSpec windows;
  private final RowPartition partition;
  private final NavigableSet<Instant> partitions = new TreeSet<>();
  private final LongRanges spans = new LongRanges();
  private long bytesRead;
  private long strays;
  private long lastFirst = Long.MIN_VALUE;
  private long lastLast = Long.MIN_VALUE;

  TouchedTimes(SourceTable source, WindowSpec windows, RowPartition partition) {
    this(source.table().io(), source.times(), windows, partition);
  }

  private TouchedTimes(
      FileIO files, SourceTimes times, WindowSpec windows, RowPartition partition) {
    this.files = files;
    this.times = times;
    this.windows = windows;
    this.partition = partition;
  }

  /** The beginnings of the partitions in which a window of an event starts. */
  NavigableSet<Instant> partitions() {
    return partitions;
  }

  /** For sessions: the time of each event until a gap later, joined. */
  LongRanges spans() {
    return spans;
  }

  /** Of the columns of times that had to be read, as they are stored. */
  long bytesRead() {
    return bytesRead;
  }

  /** How many rows do not tell a time. */
  long strays() {
    return strays;
  }

  void addAll(Collection<DataFile> changed) {
    for (DataFile file : changed) {
      if (!addByBounds(file)) {
        addByTimes(file);
      }
    }
  }

  /** An event at a time, in epoch milliseconds. */
  void add(long millis) {
    if (windows.kind() == WindowSpec.Kind.SESSION) {
      spans.add(millis, millis + windows.size().toMillis());
      addStart(millis);
      return;
    }
    Collection<IntervalWindow> all = windows.windowsOf(org.joda.time.Instant.ofEpochMilli(millis));
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (IntervalWindow window : all) {
      first = Math.min(first, window.start().getMillis());
      last = Math.max(last, window.start().getMillis());
    }
    if (first != lastFirst || last != lastLast) {
      lastFirst = first;
      lastLast = last;
      all.forEach(window -> addStart(window.start().getMillis()));
    }
  }

  /** A window that starts then, in epoch milliseconds; of a session that of an event alone. */
  void addWindow(long start) {
    if (windows.kind() == WindowSpec.Kind.SESSION) {
      add(start);
    } else {
      addStart(start);
    }
  }

  private void addStart(long millis) {
    partitions.add(partition.beginOf(Instant.ofEpochMilli(millis)));
  }

  /**
   * Both bounds are times of events. They tell all if no partition lies between those of theirs.
   */
  private boolean addByBounds(DataFile file) {
    Map<Integer, ByteBuffer> lower = file.lowerBounds();
    Map<Integer, ByteBuffer> upper = file.upperBounds();
    int time = times.column().fieldId();
    if (!times.hasBounds()
        || windows.kind() == WindowSpec.Kind.SESSION
        || lower == null
        || upper == null
        || !lower.containsKey(time)
        || !upper.containsKey(time)) {
      return false;
    }
    TouchedTimes bounds = new TouchedTimes(files, times, windows, partition);
    bounds.add(millis(lower.get(time)));
    bounds.add(millis(upper.get(time)));
    Instant each = bounds.partitions.first();
    while (bounds.partitions.contains(each)) {
      each = partition.rangeFrom(each).end();
    }
    if (bounds.partitions.ceiling(each) != null) {
      return false;
    }
    partitions.addAll(bounds.partitions);
    Map<Integer, Long> nulls = file.nullValueCounts();
    strays += nulls == null ? 0 : nulls.getOrDefault(time, 0L);
    return true;
  }

  private static long millis(ByteBuffer bound) {
    Long micros = Conversions.fromByteBuffer(Types.TimestampType.withZone(), bound);
    return Math.floorDiv(micros, 1000L);
  }

  private void addByTimes(DataFile file) {
    Types.NestedField time = times.column();
    Map<Integer, Long> sizes = file.columnSizes();
    bytesRead +=
        sizes == null
            ? file.fileSizeInBytes()
            : sizes.getOrDefault(time.fieldId(), file.fileSizeInBytes());
    Schema column = new Schema(time);
    try (CloseableIterable<Record> records =
        ParquetFiles.read(files.newInputFile(file.location(), file.fileSizeInBytes()))
            .project(column)
            .createReaderFunc(read -> GenericParquetReaders.buildReader(column, read))
            .build()) {
      for (Record record : records) {
        OptionalLong millis = times.of(record);
        millis.ifPresent(this::add);
        strays += millis.isPresent() ? 0 : 1;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the times of " + file.location(), e);
    }
  }
}
