package dev.leat.io.lake;

import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Reads chosen rows of files of a derived table, as texts. */
final class ReadStored extends DoFn<ReadTask, String> {
  private static final long serialVersionUID = 1L;

  private final LakeTable name;
  private final String schema;
  private final Instant start;
  private final Instant end;
  private final List<String> key;
  private final ChosenRows chosen;
  private transient Warehouse.@Nullable OpenTable open;

  private ReadStored(
      LakeTable name, String schema, TimeRange range, List<String> key, ChosenRows chosen) {
    this.name = name;
    this.schema = schema;
    this.start = range.start();
    this.end = range.end();
    this.key = List.copyOf(key);
    this.chosen = chosen;
  }

  static PTransform<PBegin, PCollection<String>> of(
      LakeTable name,
      Table table,
      long snapshotId,
      TimeRange range,
      List<String> key,
      ChosenRows chosen) {
    List<ReadTask> files = new ArrayList<>();
    for (DataFile file :
        Lines.files(table, snapshotId, Replacement.startingIn(TimeRanges.of(range)))) {
      files.add(ReadTask.of(file.location(), file.fileSizeInBytes(), 0, file.fileSizeInBytes()));
    }
    return new ReadPieces<>(
        files,
        new ReadStored(name, SchemaParser.toJson(table.schema()), range, key, chosen),
        StringUtf8Coder.of());
  }

  @ProcessElement
  public void process(@Element ReadTask file, OutputReceiver<String> output) throws IOException {
    Schema columns = SchemaParser.fromJson(schema);
    try (CloseableIterable<Record> records =
        ParquetFiles.read(table().table().io().newInputFile(file.location(), file.fileSize()))
            .project(columns)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(columns, type))
            .build()) {
      for (Record record : records) {
        if (isWanted(record, columns)) {
          output.output(StoredText.toJson(StoredText.of(record)));
        }
      }
    }
  }

  private boolean isWanted(Record record, Schema columns) {
    Object stored = record.getField(RowPartition.WINDOW_START);
    if (!(stored instanceof OffsetDateTime)) {
      return false;
    }
    Instant windowStart = ((OffsetDateTime) stored).toInstant();
    if (windowStart.isBefore(start) || !windowStart.isBefore(end)) {
      return false;
    }
    List<@Nullable String> values = new ArrayList<>();
    for (String column : key) {
      values.add(
          columns.findField(column) == null ? null : StoredText.text(record.getField(column)));
    }
    return chosen.has(values, windowStart);
  }

  private Warehouse.OpenTable table() {
    Warehouse.OpenTable table = open;
    if (table == null) {
      table = Warehouse.openTable(name);
      open = table;
    }
    return table;
  }

  @Teardown
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}
