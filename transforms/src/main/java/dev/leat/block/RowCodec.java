package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of rows whose columns are texts, integers of 64 bits, decimals, doubles, times, or
 * arrays of these: all that results are made of. Beam's own coder for a decimal checks its
 * arguments by formatting two messages for each.
 */
final class RowCodec {
  private static final int NULL = 0;
  private static final int THERE = 1;

  private RowCodec() {}

  /** Whether it can write rows of the schema. */
  static boolean fits(Schema schema) {
    return schema.getFields().stream().allMatch(field -> fits(field.getType()));
  }

  private static boolean fits(FieldType type) {
    switch (type.getTypeName()) {
      case STRING, INT64, DECIMAL, DOUBLE, DATETIME:
        return true;
      case ARRAY:
        FieldType element = type.getCollectionElementType();
        return element != null && fits(element);
      default:
        return false;
    }
  }

  static void write(Row row, ByteWriter out) {
    Schema schema = row.getSchema();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Object value = row.getValue(i);
      FieldType type = schema.getField(i).getType();
      if (value == null && !type.getNullable()) {
        throw new IllegalArgumentException(
            schema.getField(i).getName() + ": expected a value, got none");
      }
      writeNullable(type, value, out);
    }
  }

  static Row read(Schema schema, ByteReader in) {
    List<@Nullable Object> values = new ArrayList<>(schema.getFieldCount());
    for (int i = 0; i < schema.getFieldCount(); i++) {
      values.add(readNullable(schema.getField(i).getType(), in));
    }
    return Row.withSchema(schema).attachValues(values);
  }

  private static void writeNullable(FieldType type, @Nullable Object value, ByteWriter out) {
    if (value == null) {
      out.writeByte(NULL);
      return;
    }
    out.writeByte(THERE);
    switch (type.getTypeName()) {
      case STRING -> out.writeString((String) value);
      case INT64 -> out.writeSignedVarint((Long) value);
      case DOUBLE -> out.writeFixed64(Double.doubleToRawLongBits((Double) value));
      case DATETIME -> out.writeSignedVarint(((ReadableInstant) value).getMillis());
      case DECIMAL -> {
        BigDecimal decimal = (BigDecimal) value;
        out.writeSignedVarint(decimal.scale()).writeBytes(decimal.unscaledValue().toByteArray());
      }
      default -> {
        List<?> elements = List.copyOf((java.util.Collection<?>) value);
        out.writeVarint(elements.size());
        for (Object element : elements) {
          writeNullable(elementOf(type), element, out);
        }
      }
    }
  }

  private static @Nullable Object readNullable(FieldType type, ByteReader in) {
    if (in.readByte() == NULL) {
      return null;
    }
    switch (type.getTypeName()) {
      case STRING:
        return in.readString();
      case INT64:
        return in.readSignedVarint();
      case DOUBLE:
        return Double.longBitsToDouble(in.readFixed64());
      case DATETIME:
        return Instant.ofEpochMilli(in.readSignedVarint());
      case DECIMAL:
        int scale = Math.toIntExact(in.readSignedVarint());
        return new BigDecimal(new BigInteger(in.readBytes()), scale);
      default:
        int count = in.readCount();
        List<@Nullable Object> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          elements.add(readNullable(elementOf(type), in));
        }
        return elements;
    }
  }

  private static FieldType elementOf(FieldType type) {
    FieldType element = type.getCollectionElementType();
    if (element == null) {
      throw new IllegalStateException("not an array: " + type);
    }
    return element;
  }
}
