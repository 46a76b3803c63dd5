package dev.leat.io.lake;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.EventBytes;
import dev.leat.event.EventCodec;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.parquet.ParquetValueReaders;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Reads events by Iceberg's generic records: whatever types another writer has given the columns,
 * and columns that the file has not got.
 */
final class RecordReader extends ParquetValueReaders.StructReader<EventBytes, EventBytes> {
  private final EventBytes event = new EventBytes();

  RecordReader(Schema wanted, MessageType file) {
    super(List.of(GenericParquetReaders.buildReader(wanted, file)));
  }

  @Override
  protected EventBytes newStructData(@Nullable EventBytes reuse) {
    return event;
  }

  @Override
  protected @Nullable Object getField(EventBytes struct, int position) {
    return null;
  }

  @Override
  protected void set(EventBytes struct, int position, @Nullable Object record) {
    if (record == null) {
      throw new IllegalStateException("A row of a raw table is null");
    }
    ByteWriter bytes = new ByteWriter();
    EventCodec.write(RawEvents.toEvent((Record) record), bytes);
    struct.read(new ByteReader(bytes.toByteArray()));
  }

  @Override
  protected EventBytes buildStruct(EventBytes struct) {
    return struct;
  }
}
