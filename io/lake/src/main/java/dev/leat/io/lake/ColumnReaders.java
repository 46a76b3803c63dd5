package dev.leat.io.lake;

import dev.leat.bytes.ByteSpan;
import java.nio.ByteBuffer;
import org.apache.iceberg.parquet.ParquetValueReaders;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Readers of one column each that keep what they read, so that no value is boxed. Their {@code
 * read} gives nothing.
 */
final class ColumnReaders {
  private ColumnReaders() {}

  /** A column that may be without a value. */
  private abstract static class ColumnReader extends ParquetValueReaders.PrimitiveReader<Object> {
    private final int level;
    private boolean present;

    ColumnReader(ColumnDescriptor column) {
      super(column);
      this.level = column.getMaxDefinitionLevel();
    }

    @Override
    public final @Nullable Object read(@Nullable Object reuse) {
      present = level == 0 || column.currentDefinitionLevel() == level;
      if (present) {
        readValue();
      } else {
        column.nextNull();
        readNull();
      }
      return null;
    }

    abstract void readValue();

    void readNull() {}

    final boolean isPresent() {
      return present;
    }
  }

  /** Sets a span, which holds until the next read. */
  static final class Text extends ColumnReader {
    private final ByteSpan span;
    private @Nullable Binary last;

    Text(ColumnDescriptor column, ByteSpan span) {
      super(column);
      this.span = span;
    }

    @Override
    void readValue() {
      Binary value = column.nextBinary();
      // A dictionary gives the same object again.
      if (value != last) {
        last = value;
        ByteBuffer bytes = value.toByteBuffer();
        if (bytes.hasArray()) {
          span.set(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        } else {
          span.set(value.getBytes(), 0, value.length());
        }
      }
    }

    @Override
    void readNull() {
      last = null;
      span.clear();
    }
  }

  /** 64 bits. */
  static final class OfLong extends ColumnReader {
    private long value;

    OfLong(ColumnDescriptor column) {
      super(column);
    }

    @Override
    void readValue() {
      value = column.nextLong();
    }

    /** The last value there was. */
    long value() {
      return value;
    }
  }

  /** 32 bits. */
  static final class OfInt extends ColumnReader {
    private int value;

    OfInt(ColumnDescriptor column) {
      super(column);
    }

    @Override
    void readValue() {
      value = column.nextInteger();
    }

    /** The last value there was. */
    int value() {
      return value;
    }
  }
}
