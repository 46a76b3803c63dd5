package dev.leat.io.lake;

import dev.leat.block.EventBlock;
import dev.leat.event.EventBytes;
import dev.leat.io.spi.TimeRanges;
import dev.leat.prepare.EarlyReduction;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Reads pieces of files into blocks of the events of some event times. */
final class ReadEvents extends DoFn<ReadTask, EventBlock> {
  private static final long serialVersionUID = 1L;

  private static final long ALL = -1;

  private final LakeTable name;
  private final TimeRanges times;
  private final String schema;
  private final @Nullable Reduced reduced;
  private transient Warehouse.@Nullable OpenTable open;
  private transient EarlyReduction.@Nullable Worker reduction;

  /**
   * Events come reduced, of the columns of {@code schema} alone, from a piece's begin to its first
   * event that must stay whole. From there on all events of the piece are whole.
   */
  record Reduced(EarlyReduction early, String schema) implements Serializable {}

  ReadEvents(LakeTable name, TimeRanges times, String schema, @Nullable Reduced reduced) {
    this.name = name;
    this.times = times;
    this.schema = schema;
    this.reduced = reduced;
  }

  @Setup
  public void open() {
    reduction = reduced == null ? null : reduced.early.open();
  }

  @ProcessElement
  public void process(@Element ReadTask task, OutputReceiver<EventBlock> output)
      throws IOException {
    EventBlock.Builder block = new EventBlock.Builder();
    EarlyReduction.Worker worker = reduction;
    long taken = 0;
    if (worker != null && reduced != null) {
      taken = read(task, reduced.schema, 0, event -> worker.add(event, block), block, output);
    }
    if (taken != ALL) {
      read(
          task,
          schema,
          taken,
          event -> {
            block.add(event);
            return true;
          },
          block,
          output);
    }
    if (!block.isEmpty()) {
      emit(block.build(), output);
    }
  }

  /**
   * Adds a piece's events, one after another, until one is not taken.
   *
   * @param from number of events to pass over
   * @return how many were passed over or taken; {@link #ALL} if it was all of them
   */
  private long read(
      ReadTask task,
      String columns,
      long from,
      Predicate<EventBytes> adder,
      EventBlock.Builder block,
      OutputReceiver<EventBlock> output)
      throws IOException {
    long at = 0;
    try (CloseableIterable<EventBytes> events = events(task, columns)) {
      for (EventBytes event : events) {
        if (at++ < from || !times.contains(Instant.ofEpochSecond(event.seconds(), event.nanos()))) {
          continue;
        }
        if (!adder.test(event)) {
          return at - 1;
        }
        if (block.isFull()) {
          emit(block.build(), output);
        }
      }
    }
    return ALL;
  }

  private CloseableIterable<EventBytes> events(ReadTask task, String columns) {
    Warehouse.OpenTable table = open;
    if (table == null) {
      table = Warehouse.openTable(name);
      open = table;
    }
    Schema projected = SchemaParser.fromJson(columns);
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
