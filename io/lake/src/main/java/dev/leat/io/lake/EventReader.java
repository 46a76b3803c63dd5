package dev.leat.io.lake;

import dev.leat.bytes.ByteSpan;
import dev.leat.event.EventBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.parquet.ParquetValueReaders;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Reads events from the columns of a raw table's Parquet file, from bytes to bytes. What Iceberg's
 * generic reader and {@link RawEvents#toEvent} do, without an object for each value. Each read
 * gives the same object, filled anew; its spans hold until the next.
 */
final class EventReader extends ParquetValueReaders.StructReader<EventBytes, EventBytes> {
  private final EventBytes event;
  private final Columns columns;

  private EventReader(EventBytes event, Columns columns) {
    super(columns.all);
    this.event = event;
    this.columns = columns;
  }

  /**
   * A reader of the columns that are wanted; none if the file has one of them otherwise than it is
   * written here, as another writer's file can, or has not got it.
   *
   * @param wanted some columns of a raw table
   * @param file with the ids of its columns
   */
  static Optional<ParquetValueReader<EventBytes>> of(Schema wanted, MessageType file) {
    EventBytes event = new EventBytes();
    Columns columns = new Columns(event);
    for (Types.NestedField column : wanted.columns()) {
      ColumnDescriptor found = find(column, file);
      if (found == null || !columns.add(column.name(), found)) {
        return Optional.empty();
      }
    }
    return Optional.of(new EventReader(event, columns));
  }

  private static @Nullable ColumnDescriptor find(Types.NestedField column, MessageType file) {
    for (ColumnDescriptor each : file.getColumns()) {
      var id = each.getPrimitiveType().getId();
      if (id != null && id.intValue() == column.fieldId() && each.getPath().length == 1) {
        return each;
      }
    }
    return null;
  }

  @Override
  protected EventBytes newStructData(@Nullable EventBytes reuse) {
    return event;
  }

  @Override
  protected @Nullable Object getField(EventBytes struct, int position) {
    return null;
  }

  /** The readers of texts have set the event's; those of numbers keep them. */
  @Override
  protected void set(EventBytes struct, int position, @Nullable Object value) {}

  @Override
  protected EventBytes buildStruct(EventBytes struct) {
    columns.setNumbers(struct);
    return struct;
  }

  /** The readers of the columns that there are. */
  private static final class Columns {
    private static final long MICROS = 1_000_000;

    private final List<ParquetValueReader<?>> all = new ArrayList<>();
    private final Map<String, ByteSpan> texts = new HashMap<>();
    private ColumnReaders.@Nullable OfLong time;
    private ColumnReaders.@Nullable OfInt timeNanos;
    private ColumnReaders.@Nullable OfLong sequence;
    private ColumnReaders.@Nullable Text schemaSubject;
    private ColumnReaders.@Nullable OfInt schemaVersion;
    private ColumnReaders.@Nullable OfLong ingestTime;
    private ColumnReaders.@Nullable Text origin;
    private ColumnReaders.@Nullable OfInt ingestPartition;
    private ColumnReaders.@Nullable OfLong ingestOffset;

    Columns(EventBytes event) {
      texts.put("id", event.id());
      texts.put("source", event.source());
      texts.put("type", event.type());
      texts.put("subject", event.subject());
      texts.put("tenant", event.tenant());
      texts.put("schema_subject", event.schemaSubject());
      texts.put("content_type", event.contentType());
      texts.put("data", event.data());
      texts.put("origin", event.origin());
    }

    /** Adds a column, if it is as it is written here. */
    boolean add(String name, ColumnDescriptor column) {
      ByteSpan text = texts.get(name);
      PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
      if (text != null) {
        return type == PrimitiveTypeName.BINARY && addText(name, column, text);
      }
      return switch (name) {
        case "time", "ingest_time" ->
            type == PrimitiveTypeName.INT64 && isMicros(column) && addLong(name, column);
        case "sequence", "ingest_offset" ->
            type == PrimitiveTypeName.INT64 && addLong(name, column);
        case "time_nanos", "schema_version", "ingest_partition" ->
            type == PrimitiveTypeName.INT32 && addInt(name, column);
        default -> false;
      };
    }

    private static boolean isMicros(ColumnDescriptor column) {
      return column.getPrimitiveType().getLogicalTypeAnnotation()
              instanceof TimestampLogicalTypeAnnotation timestamp
          && timestamp.getUnit() == LogicalTypeAnnotation.TimeUnit.MICROS;
    }

    private boolean addText(String name, ColumnDescriptor column, ByteSpan span) {
      ColumnReaders.Text reader = new ColumnReaders.Text(column, span);
      switch (name) {
        case "schema_subject" -> schemaSubject = reader;
        case "origin" -> origin = reader;
        default -> {}
      }
      return all.add(reader);
    }

    private boolean addLong(String name, ColumnDescriptor column) {
      ColumnReaders.OfLong reader = new ColumnReaders.OfLong(column);
      switch (name) {
        case "time" -> time = reader;
        case "sequence" -> sequence = reader;
        case "ingest_time" -> ingestTime = reader;
        default -> ingestOffset = reader;
      }
      return all.add(reader);
    }

    private boolean addInt(String name, ColumnDescriptor column) {
      ColumnReaders.OfInt reader = new ColumnReaders.OfInt(column);
      switch (name) {
        case "time_nanos" -> timeNanos = reader;
        case "schema_version" -> schemaVersion = reader;
        default -> ingestPartition = reader;
      }
      return all.add(reader);
    }

    /** An event has a schema, or a lineage, if all of its parts are there. */
    void setNumbers(EventBytes event) {
      event.clearOptional();
      if (time != null) {
        long micros = time.value();
        int nanos = timeNanos != null && timeNanos.isPresent() ? timeNanos.value() : 0;
        event.time(
            Math.floorDiv(micros, MICROS), (int) Math.floorMod(micros, MICROS) * 1000 + nanos);
      }
      if (sequence != null && sequence.isPresent()) {
        event.sequence(sequence.value());
      }
      if (schemaSubject != null
          && schemaVersion != null
          && schemaSubject.isPresent()
          && schemaVersion.isPresent()) {
        event.schemaVersion(schemaVersion.value());
      }
      if (ingestTime != null
          && origin != null
          && ingestPartition != null
          && ingestOffset != null
          && ingestTime.isPresent()
          && origin.isPresent()
          && ingestPartition.isPresent()
          && ingestOffset.isPresent()) {
        long micros = ingestTime.value();
        event.ingest(
            Math.floorDiv(micros, MICROS),
            (int) Math.floorMod(micros, MICROS) * 1000,
            ingestPartition.value(),
            ingestOffset.value());
      }
    }
  }
}
