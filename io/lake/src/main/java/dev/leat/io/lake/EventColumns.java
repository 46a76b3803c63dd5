package dev.leat.io.lake;

import dev.leat.bytes.ByteSpan;
import dev.leat.event.EventBytes;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes events into the columns of a raw table's Parquet file, from bytes to bytes. What {@link
 * RawEvents#records} and Iceberg's generic writer do, without an object for each value.
 */
final class EventColumns implements ParquetValueWriter<EventBytes> {
  private final Column[] columns;

  /**
   * @param schema of the file; columns that no event has are empty
   */
  EventColumns(MessageType schema) {
    List<Column> all = new ArrayList<>();
    for (ColumnDescriptor column : schema.getColumns()) {
      all.add(column(column));
    }
    columns = all.toArray(Column[]::new);
  }

  @Override
  public void write(int repetitionLevel, EventBytes event) {
    for (Column column : columns) {
      column.write(event);
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

  private static Column column(ColumnDescriptor column) {
    String name = column.getPath().length == 1 ? column.getPath()[0] : "";
    return switch (name) {
      case "id" -> new Text(column, EventBytes::id);
      case "source" -> new RepeatedText(column, EventBytes::source);
      case "type" -> new RepeatedText(column, EventBytes::type);
      case "subject" -> new Text(column, EventBytes::subject);
      case "time" -> new Number(column, EventColumns::micros);
      case "time_nanos" ->
          new Number(column, event -> event.nanos() % 1000, event -> event.nanos() % 1000 != 0);
      case "tenant" -> new Text(column, EventBytes::tenant);
      case "sequence" -> new Number(column, EventBytes::sequence, EventBytes::hasSequence);
      case "schema_subject" -> new Text(column, EventBytes::schemaSubject, EventBytes::hasSchema);
      case "schema_version" -> new Number(column, EventBytes::schemaVersion, EventBytes::hasSchema);
      case "content_type" -> new RepeatedText(column, EventBytes::contentType);
      case "data" -> new Text(column, EventBytes::data);
      case "ingest_time" -> new Number(column, EventColumns::ingestMicros, EventBytes::hasIngest);
      case "origin" -> new RepeatedText(column, EventBytes::origin, EventBytes::hasIngest);
      case "ingest_partition" -> new Number(column, EventBytes::partition, EventBytes::hasIngest);
      case "ingest_offset" -> new Number(column, EventBytes::offset, EventBytes::hasIngest);
      case "month" -> new Month(column);
      case "date" -> new Number(column, RawPartition::day);
      case "hour" -> new Number(column, RawPartition::hour);
      default -> new Empty(column);
    };
  }

  private static long micros(EventBytes event) {
    return micros(event.seconds(), event.nanos());
  }

  private static long ingestMicros(EventBytes event) {
    return micros(event.ingestSeconds(), event.ingestNanos());
  }

  private static long micros(long seconds, int nanos) {
    return Math.addExact(Math.multiplyExact(seconds, 1_000_000L), nanos / 1000);
  }

  private interface Condition {
    boolean holds(EventBytes event);
  }

  private interface LongOf {
    long of(EventBytes event);
  }

  /** A column of a file. */
  private abstract static class Column {
    private final ColumnDescriptor descriptor;
    private final int level;

    // Set before the first row, and anew for every row group.
    @SuppressWarnings("NullAway.Init")
    private ColumnWriter out;

    Column(ColumnDescriptor descriptor) {
      this.descriptor = descriptor;
      this.level = descriptor.getMaxDefinitionLevel();
    }

    abstract void write(EventBytes event);

    final void put(Binary value) {
      out.write(value, 0, level);
    }

    final void put(long value) {
      out.write(value, 0, level);
    }

    final void put(int value) {
      out.write(value, 0, level);
    }

    final void putNull() {
      if (level == 0) {
        throw new IllegalStateException(
            "Column " + String.join(".", descriptor.getPath()) + " of the raw table needs a value");
      }
      out.writeNull(0, 0);
    }

    final boolean isInt() {
      return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
        case INT32 -> true;
        case INT64 -> false;
        default ->
            throw new IllegalStateException(
                "Column " + descriptor + " of the raw table is no number");
      };
    }
  }

  private static class Text extends Column {
    private final Function<EventBytes, ByteSpan> field;
    private final Condition condition;

    Text(ColumnDescriptor descriptor, Function<EventBytes, ByteSpan> field) {
      this(descriptor, field, event -> true);
    }

    Text(ColumnDescriptor descriptor, Function<EventBytes, ByteSpan> field, Condition condition) {
      super(descriptor);
      this.field = field;
      this.condition = condition;
    }

    @Override
    final void write(EventBytes event) {
      ByteSpan span = field.apply(event);
      if (span.isPresent() && condition.holds(event)) {
        put(binary(span));
      } else {
        putNull();
      }
    }

    Binary binary(ByteSpan span) {
      // "Reused" makes whoever keeps it take a copy, or a file would hold on to every block.
      return Binary.fromReusedByteArray(span.array(), span.offset(), span.length());
    }
  }

  /**
   * A text that mostly is that of the row before, and then the same object: Parquet's dictionary
   * compares arrays byte by byte only if they are two.
   */
  private static final class RepeatedText extends Text {
    private final ByteSpan last = new ByteSpan();
    private Binary binary = Binary.EMPTY;

    RepeatedText(ColumnDescriptor descriptor, Function<EventBytes, ByteSpan> field) {
      super(descriptor, field);
    }

    RepeatedText(
        ColumnDescriptor descriptor, Function<EventBytes, ByteSpan> field, Condition condition) {
      super(descriptor, field, condition);
    }

    @Override
    Binary binary(ByteSpan span) {
      if (!last.hasBytesOf(span)) {
        byte[] bytes = span.toByteArray();
        last.set(bytes, 0, bytes.length);
        binary = Binary.fromConstantByteArray(bytes);
      }
      return binary;
    }
  }

  private static final class Number extends Column {
    private final LongOf field;
    private final Condition condition;
    private final boolean isInt;

    Number(ColumnDescriptor descriptor, LongOf field) {
      this(descriptor, field, event -> true);
    }

    Number(ColumnDescriptor descriptor, LongOf field, Condition condition) {
      super(descriptor);
      this.field = field;
      this.condition = condition;
      this.isInt = isInt();
    }

    @Override
    void write(EventBytes event) {
      if (!condition.holds(event)) {
        putNull();
      } else if (isInt) {
        put((int) field.of(event));
      } else {
        put(field.of(event));
      }
    }
  }

  private static final class Month extends Column {
    private int last = Integer.MIN_VALUE;
    private @Nullable Binary name;

    Month(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(EventBytes event) {
      int day = RawPartition.day(event);
      Binary current = name;
      if (current == null || day != last) {
        current = Binary.fromString(RawPartition.month(LocalDate.ofEpochDay(day)));
        name = current;
        last = day;
      }
      put(current);
    }
  }

  private static final class Empty extends Column {
    Empty(ColumnDescriptor descriptor) {
      super(descriptor);
    }

    @Override
    void write(EventBytes event) {
      putNull();
    }
  }
}
