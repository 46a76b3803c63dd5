package dev.leat.io.lake;

import dev.leat.block.RecordBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Reads pieces of files into blocks of their rows as records. */
final class ReadRows extends DoFn<ReadTask, RecordBlock> {
  private static final long serialVersionUID = 1L;

  private final LakeTable name;
  private final String schema;
  private transient Warehouse.@Nullable OpenTable open;

  /**
   * @param schema the columns, as Iceberg writes them in JSON
   */
  ReadRows(LakeTable name, String schema) {
    this.name = name;
    this.schema = schema;
  }

  @ProcessElement
  public void process(@Element ReadTask task, OutputReceiver<RecordBlock> output)
      throws IOException {
    Schema columns = SchemaParser.fromJson(schema);
    RecordBlock.Builder block = RecordBlock.builder(task.location(), 0, null);
    try (CloseableIterable<Record> rows = read(task, columns)) {
      for (Record row : rows) {
        long position = (Long) row.getField(MetadataColumns.ROW_POSITION.name());
        byte[] json = RowPayload.of(row, columns);
        block.add(position + 1, json, 0, json.length);
        if (block.isFull()) {
          output.output(block.build());
        }
      }
    }
    if (!block.isEmpty()) {
      output.output(block.build());
    }
  }

  private CloseableIterable<Record> read(ReadTask task, Schema columns) {
    Warehouse.OpenTable table = open;
    if (table == null) {
      table = Warehouse.openTable(name);
      open = table;
    }
    List<Types.NestedField> fields = new ArrayList<>(columns.columns());
    fields.add(MetadataColumns.ROW_POSITION);
    Schema projected = new Schema(fields);
    return ParquetFiles.read(table.table().io().newInputFile(task.location(), task.fileSize()))
        .split(task.start(), task.length())
        .project(projected)
        .createReaderFunc(file -> GenericParquetReaders.buildReader(projected, file))
        .build();
  }

  @Teardown
  public void close() {
    if (open != null) {
      open.close();
    }
  }
}
