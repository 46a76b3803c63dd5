package dev.leat.io.lake;

import dev.leat.bytes.SpanText;
import dev.leat.event.EventBytes;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.parquet.schema.MessageType;

/** Writes blocks of events of one partition to the columns of raw files. */
final class RawWriter implements ElementWriter<RawBlock> {
  /**
   * Nearly every value of these columns is another one, so that a dictionary is built for nothing.
   * Bounds of payloads and origins are not read ({@link RawEvents} asks for none either), and to
   * keep them each value would be compared with the least and the most so far.
   */
  private static final Map<String, String> SETTINGS = settings();

  private final Rows rows;
  private final RowSelection selection;
  private final SpanText origin = new SpanText();

  RawWriter(
      Table table,
      List<RawPartition> partitions,
      Consumer<StagedFile> output,
      RowSelection selection) {
    this.rows = new Rows(table, partitions, output);
    this.selection = selection;
  }

  @Override
  public void add(RawBlock block) {
    RawBlock.Cursor cursor = block.cursor();
    while (cursor.hasNext()) {
      EventBytes event = cursor.next();
      if (selection == RowSelection.ALL || selects(event)) {
        rows.add(event);
      }
    }
  }

  private boolean selects(EventBytes event) {
    return event.hasIngest()
        ? selection.takes(origin.of(event.origin()), event.partition(), event.offset())
        : selection.takes(null, 0, 0);
  }

  @Override
  public void finish() {
    rows.finish();
  }

  @Override
  public void abandon() {
    rows.abandon();
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    for (String column : List.of("id", "time", "data", "ingest_offset")) {
      settings.put(TableProperties.PARQUET_DICT_ENCODING_ENABLED_COLUMN_PREFIX + column, "false");
    }
    for (String column : List.of("data", "origin")) {
      settings.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + column, "false");
    }
    return Map.copyOf(settings);
  }

  private static final class Rows extends PartitionWriter<EventBytes> {
    private final Table table;
    private final List<RawPartition> partitions;

    Rows(Table table, List<RawPartition> partitions, Consumer<StagedFile> output) {
      super(table, TARGET_BYTES, output, Map.of());
      this.table = table;
      this.partitions = partitions;
    }

    @Override
    Record partitioned(EventBytes event) {
      Record record = GenericRecord.create(table.schema());
      LocalDate date = LocalDate.ofEpochDay(RawPartition.day(event));
      for (RawPartition partition : partitions) {
        record.setField(
            partition.column(),
            switch (partition) {
              case MONTH -> RawPartition.month(date);
              case DATE -> date;
              case HOUR -> RawPartition.hour(event);
              case TENANT -> event.tenant().toText();
            });
      }
      return record;
    }

    @Override
    ParquetValueWriter<EventBytes> columns(Schema schema, MessageType type) {
      return new EventColumns(type);
    }

    @Override
    Map<String, String> settings() {
      return SETTINGS;
    }
  }
}
