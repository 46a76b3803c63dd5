package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.io.spi.TimeRanges;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/** Reads pieces of files into blocks of the events of some event times. */
final class ReadEvents extends DoFn<ReadTask, EventBlock> {
  private static final long serialVersionUID = 1L;

  private final LakeTable name;
  private final TimeRanges times;
  private final String schema;
  private transient Warehouse.@Nullable OpenTable open;

  ReadEvents(LakeTable name, TimeRanges times, String schema) {
    this.name = name;
    this.times = times;
    this.schema = schema;
  }

  @ProcessElement
  public void process(@Element ReadTask task, OutputReceiver<EventBlock> output)
      throws IOException {
    EventBlock.Builder block = new EventBlock.Builder();
    try (CloseableIterable<Record> records = read(task)) {
      for (Record record : records) {
        if (!times.contains(RawEvents.timeOf(record))) {
          continue;
        }
        block.add(RawEvents.toEvent(record));
        if (block.isFull()) {
          emit(block.build(), output);
        }
      }
    }
    if (!block.isEmpty()) {
      emit(block.build(), output);
    }
  }

  private CloseableIterable<Record> read(ReadTask task) {
    Warehouse.OpenTable table = open;
    if (table == null) {
      table = Warehouse.openTable(name);
      open = table;
    }
    Schema projected = SchemaParser.fromJson(schema);
    return Parquet.read(table.table().io().newInputFile(task.location(), task.fileSize()))
        .split(task.start(), task.length())
        .project(projected)
        .filter(EventTimeFilter.of(times, List.of()))
        .createReaderFunc(file -> GenericParquetReaders.buildReader(projected, file))
        .build();
  }

  private static void emit(EventBlock block, OutputReceiver<EventBlock> output) {
    output.outputWithTimestamp(block, org.joda.time.Instant.ofEpochMilli(block.minMillis()));
  }

  @Teardown
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}
