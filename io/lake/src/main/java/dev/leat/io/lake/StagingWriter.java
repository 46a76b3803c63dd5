package dev.leat.io.lake;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.parquet.schema.MessageType;

/** Writes the rows of one partition that are Iceberg's records. */
final class StagingWriter extends PartitionWriter<Record> {
  StagingWriter(Table table, long targetBytes, Consumer<StagedFile> output) {
    this(table, targetBytes, output, Map.of());
  }

  StagingWriter(
      Table table, long targetBytes, Consumer<StagedFile> output, Map<String, String> metadata) {
    super(table, targetBytes, output, metadata);
  }

  @Override
  Record partitioned(Record row) {
    return row;
  }

  @Override
  ParquetValueWriter<Record> columns(Schema schema, MessageType type) {
    return GenericParquetWriter.create(schema, type);
  }
}
