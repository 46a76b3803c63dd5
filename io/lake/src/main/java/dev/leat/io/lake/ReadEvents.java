package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.EventBytes;
import dev.leat.io.spi.TimeRanges;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.CloseableIterable;
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
    try (CloseableIterable<EventBytes> events = read(task)) {
      for (EventBytes event : events) {
        if (!times.contains(Instant.ofEpochSecond(event.seconds(), event.nanos()))) {
          continue;
        }
        block.add(event);
        if (block.isFull()) {
          emit(block.build(), output);
        }
      }
    }
    if (!block.isEmpty()) {
      emit(block.build(), output);
    }
  }

  private CloseableIterable<EventBytes> read(ReadTask task) {
    Warehouse.OpenTable table = open;
    if (table == null) {
      table = Warehouse.openTable(name);
      open = table;
    }
    Schema projected = SchemaParser.fromJson(schema);
    return ParquetFiles.read(table.table().io().newInputFile(task.location(), task.fileSize()))
        .split(task.start(), task.length())
        .project(projected)
        .filter(EventTimeFilter.of(times, List.of()))
        .createReaderFunc(
            file ->
                EventReader.of(projected, file).orElseGet(() -> new RecordReader(projected, file)))
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
