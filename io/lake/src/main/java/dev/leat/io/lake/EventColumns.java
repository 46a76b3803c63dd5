package dev.leat.io.lake;

import dev.leat.bytes.ByteSpan;
import dev.leat.event.EventBytes;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;

/**
 * Writes events into the columns of a raw table's Parquet file, from bytes to bytes. What {@link
 * RawEvents#records} and Iceberg's generic writer do, without an object for each value.
 */
final class EventColumns implements ParquetValueWriter<EventBytes> {
  private static final ByteSpan ABSENT = new ByteSpan();

  private final Column[] columns;

  /**
   * @param schema of the file; columns that no event has are empty
   */
  EventColumns(MessageType schema) {
    List<Column> all = new ArrayList<>();
    for (ColumnDescriptor column : schema.getColumns()) {
      all.add(new Column(column));
    }
    columns = all.toArray(Column[]::new);
  }

  @Override
  public void write(int repetitionLevel, EventBytes event) {
    for (Column column : columns) {
      write(column, event);
    }
  }

  /** None: the bounds and counts of the columns are taken from the file's footer. */
  @Override
  public List<TripleWriter<?>> columns() {
    return List.of();
  }

  @Override
  public void setColumnStore(ColumnWriteStore store) {
    for (Column column : columns) {
      column.out = store.getColumnWriter(column.descriptor);
    }
  }

  /** A switch, because the JIT cannot inline a call of one function for each column. */
  private static void write(Column column, EventBytes event) {
    switch (column.field) {
      case ID -> column.put(event.id());
      case SOURCE -> column.putRepeated(event.source());
      case TYPE -> column.putRepeated(event.type());
      case SUBJECT -> column.put(event.subject());
      case TIME -> column.put(micros(event.seconds(), event.nanos()));
      case TIME_NANOS -> column.putIf(event.nanos() % 1000 != 0, event.nanos() % 1000);
      case TENANT -> column.putRepeated(event.tenant());
      case SEQUENCE -> column.putIf(event.hasSequence(), event.sequence());
      case SCHEMA_SUBJECT -> column.putRepeated(event.hasSchema() ? event.schemaSubject() : ABSENT);
      case SCHEMA_VERSION -> column.putIf(event.hasSchema(), event.schemaVersion());
      case CONTENT_TYPE -> column.putRepeated(event.contentType());
      case DATA -> column.put(event.data());
      case INGEST_TIME -> {
        if (event.hasIngest()) {
          column.put(micros(event.ingestSeconds(), event.ingestNanos()));
        } else {
          column.putNull();
        }
      }
      case ORIGIN -> column.putRepeated(event.hasIngest() ? event.origin() : ABSENT);
      case INGEST_PARTITION -> column.putIf(event.hasIngest(), event.partition());
      case INGEST_OFFSET -> column.putIf(event.hasIngest(), event.offset());
      case MONTH -> column.putMonth(RawPartition.day(event));
      case DATE -> column.put(RawPartition.day(event));
      case HOUR -> column.put(RawPartition.hour(event));
      case NONE -> column.putNull();
    }
  }

  private static long micros(long seconds, int nanos) {
    return Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1000);
  }

  /** What a column is written from. */
  private enum Field {
    ID("id"),
    SOURCE("source"),
    TYPE("type"),
    SUBJECT("subject"),
    TIME("time", /* isNumber= */ true),
    TIME_NANOS("time_nanos", /* isNumber= */ true),
    TENANT("tenant"),
    SEQUENCE("sequence", /* isNumber= */ true),
    SCHEMA_SUBJECT("schema_subject"),
    SCHEMA_VERSION("schema_version", /* isNumber= */ true),
    CONTENT_TYPE("content_type"),
    DATA("data"),
    INGEST_TIME("ingest_time", /* isNumber= */ true),
    ORIGIN("origin"),
    INGEST_PARTITION("ingest_partition", /* isNumber= */ true),
    INGEST_OFFSET("ingest_offset", /* isNumber= */ true),
    MONTH("month"),
    DATE("date", /* isNumber= */ true),
    HOUR("hour", /* isNumber= */ true),
    /** Nothing: the column is empty. */
    NONE("");

    private static final Map<String, Field> BY_COLUMN =
        Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(field -> field.column, Function.identity()));

    private final String column;
    private final boolean isNumber;

    Field(String column) {
      this(column, false);
    }

    Field(String column, boolean isNumber) {
      this.column = column;
      this.isNumber = isNumber;
    }

    static Field of(ColumnDescriptor column) {
      String[] path = column.getPath();
      return path.length == 1 ? BY_COLUMN.getOrDefault(path[0], NONE) : NONE;
    }
  }

  /** A column of a file. */
  private static final class Column {
    private final ColumnDescriptor descriptor;
    private final Field field;
    private final int level;
    private final boolean isInt;

    /** The value of the row before, where it is likely to be repeated. */
    private final ByteSpan last = new ByteSpan();

    private Binary lastBinary = Binary.EMPTY;
    private int lastDay = Integer.MIN_VALUE;

    // Set before the first row, and anew for every row group.
    @SuppressWarnings("NullAway.Init")
    private ColumnWriter out;

    Column(ColumnDescriptor descriptor) {
      this.descriptor = descriptor;
      this.field = Field.of(descriptor);
      this.level = descriptor.getMaxDefinitionLevel();
      this.isInt = field.isNumber && isInt();
    }

    private boolean isInt() {
      return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
        case INT32 -> true;
        case INT64 -> false;
        default ->
            throw new IllegalStateException(
                "Column " + descriptor + " of the raw table is no number");
      };
    }

    void put(ByteSpan text) {
      if (text.isPresent()) {
        // "Reused" makes whoever keeps it take a copy, or a file would hold on to every block.
        put(Binary.fromReusedByteArray(text.array(), text.offset(), text.length()));
      } else {
        putNull();
      }
    }

    /**
     * A text that mostly is that of the row before, and then the same object: Parquet's dictionary
     * compares arrays byte by byte only if they are two.
     */
    void putRepeated(ByteSpan text) {
      if (!text.isPresent()) {
        putNull();
        return;
      }
      if (!last.hasBytesOf(text)) {
        byte[] bytes = text.toByteArray();
        last.set(bytes, 0, bytes.length);
        lastBinary = Binary.fromConstantByteArray(bytes);
      }
      put(lastBinary);
    }

    void putMonth(int day) {
      if (day != lastDay) {
        lastBinary = Binary.fromString(RawPartition.month(LocalDate.ofEpochDay(day)));
        lastDay = day;
      }
      put(lastBinary);
    }

    void putIf(boolean present, long value) {
      if (present) {
        put(value);
      } else {
        putNull();
      }
    }

    void put(long value) {
      if (isInt) {
        out.write((int) value, 0, level);
      } else {
        out.write(value, 0, level);
      }
    }

    private void put(Binary value) {
      out.write(value, 0, level);
    }

    void putNull() {
      if (level == 0) {
        throw new IllegalStateException(
            "Column " + String.join(".", descriptor.getPath()) + " of the raw table needs a value");
      }
      out.writeNull(0, 0);
    }
  }
}
