package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;

/** The rows of one data file, each with its position. Rows that others deleted are left out. */
final class StoredRows {
  private StoredRows() {}

  /** What is done with a row. */
  interface Visitor {
    void visit(Record row, long position);
  }

  /**
   * @param columns columns of the table's, in any order; a record has them in that order
   */
  static void each(Table table, FileScanTask task, Schema columns, Visitor visitor) {
    List<Types.NestedField> fields = new ArrayList<>(columns.columns());
    fields.add(MetadataColumns.ROW_POSITION);
    // Leat writes no delete files, but another engine may have deleted a row of the table.
    GenericDeleteFilter deletes =
        new GenericDeleteFilter(table.io(), task, table.schema(), new Schema(fields));
    Schema projected = deletes.requiredSchema();
    try (CloseableIterable<Record> rows =
        deletes.filter(
            ParquetFiles.read(table.io().newInputFile(task.file().location()))
                .project(projected)
                .createReaderFunc(file -> GenericParquetReaders.buildReader(projected, file))
                .build())) {
      for (Record read : rows) {
        Record row = GenericRecord.create(columns);
        for (int i = 0; i < columns.columns().size(); i++) {
          row.set(i, read.get(i));
        }
        visitor.visit(row, (Long) read.getField(MetadataColumns.ROW_POSITION.name()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + task.file().location(), e);
    }
  }
}
