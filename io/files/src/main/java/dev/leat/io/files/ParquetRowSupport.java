package dev.leat.io.files;

import static org.apache.parquet.schema.LogicalTypeAnnotation.decimalType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import dev.leat.io.spi.StoredTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * How a row's types become Parquet's: {@code DATETIME} a UTC timestamp in microseconds, {@code
 * DECIMAL} a {@code DECIMAL(38, 9)} (more digits are rounded half to even, as in the lake's tables;
 * more than 29 before the point are refused), {@code ARRAY} a list, {@code MAP} a map, {@code ROW}
 * a group; a nullable field an optional column. Logical types are written as what they are stored
 * as.
 */
final class ParquetRowSupport extends WriteSupport<Row> {
  private static final int DECIMAL_PRECISION = 38;
  private static final int DECIMAL_SCALE = 9;
  private static final int DECIMAL_BYTES = 16;

  private final Schema schema;
  private @Nullable RecordConsumer out;

  ParquetRowSupport(Schema schema) {
    this.schema = schema;
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(messageType(schema), Map.of());
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(messageType(schema), Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    out = consumer;
  }

  @Override
  public void write(Row row) {
    RecordConsumer to = Objects.requireNonNull(out);
    to.startMessage();
    writeFields(row, to);
    to.endMessage();
  }

  static MessageType messageType(Schema schema) {
    return new MessageType("row", fieldTypes(schema));
  }

  private static List<Type> fieldTypes(Schema schema) {
    return schema.getFields().stream()
        .map(field -> type(field.getName(), field.getType()))
        .toList();
  }

  private static Type type(String name, FieldType type) {
    Repetition repetition =
        Boolean.TRUE.equals(type.getNullable()) ? Repetition.OPTIONAL : Repetition.REQUIRED;
    FieldType stored = StoredTypes.of(type);
    return switch (stored.getTypeName()) {
      case BYTE, INT16, INT32 -> primitive(PrimitiveTypeName.INT32, repetition).named(name);
      case INT64 -> primitive(PrimitiveTypeName.INT64, repetition).named(name);
      case FLOAT -> primitive(PrimitiveTypeName.FLOAT, repetition).named(name);
      case DOUBLE -> primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
      case BOOLEAN -> primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
      case BYTES -> primitive(PrimitiveTypeName.BINARY, repetition).named(name);
      case STRING -> primitive(PrimitiveTypeName.BINARY, repetition).as(stringType()).named(name);
      case DATETIME ->
          primitive(PrimitiveTypeName.INT64, repetition)
              .as(timestampType(true, TimeUnit.MICROS))
              .named(name);
      case DECIMAL ->
          primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
              .length(DECIMAL_BYTES)
              .as(decimalType(DECIMAL_SCALE, DECIMAL_PRECISION))
              .named(name);
      case ARRAY, ITERABLE ->
          Types.list(repetition)
              .element(type("element", StoredTypes.elementOf(stored).withNullable(true)))
              .named(name);
      case MAP ->
          Types.map(repetition)
              .key(type("key", StoredTypes.keyOf(stored).withNullable(false)))
              .value(type("value", StoredTypes.mapValueOf(stored).withNullable(true)))
              .named(name);
      case ROW -> new GroupType(repetition, name, fieldTypes(StoredTypes.rowOf(stored)));
      case LOGICAL_TYPE -> throw new IllegalStateException("a logical type stored as itself");
    };
  }

  private static Types.PrimitiveBuilder<PrimitiveType> primitive(
      PrimitiveTypeName name, Repetition repetition) {
    return Types.primitive(name, repetition);
  }

  private static void writeFields(Row row, RecordConsumer to) {
    Schema schema = row.getSchema();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      Schema.Field field = schema.getField(i);
      writeField(field.getName(), i, field.getType(), row.getValue(i), to);
    }
  }

  private static void writeField(
      String name, int index, FieldType type, @Nullable Object value, RecordConsumer to) {
    if (value != null) {
      to.startField(name, index);
      writeValue(name, StoredTypes.of(type), StoredTypes.valueOf(type, value), to);
      to.endField(name, index);
    }
  }

  private static void writeValue(String name, FieldType type, Object value, RecordConsumer to) {
    switch (type.getTypeName()) {
      case BYTE, INT16, INT32 -> to.addInteger(((Number) value).intValue());
      case INT64 -> to.addLong((Long) value);
      case FLOAT -> to.addFloat((Float) value);
      case DOUBLE -> to.addDouble((Double) value);
      case BOOLEAN -> to.addBoolean((Boolean) value);
      case BYTES -> to.addBinary(Binary.fromConstantByteArray((byte[]) value));
      case STRING -> to.addBinary(Binary.fromString((String) value));
      case DATETIME -> to.addLong(Math.multiplyExact(((ReadableInstant) value).getMillis(), 1000L));
      case DECIMAL ->
          to.addBinary(Binary.fromConstantByteArray(decimalBytes(name, (BigDecimal) value)));
      case ARRAY, ITERABLE -> writeList(type, (Iterable<?>) value, to);
      case MAP -> writeMap(type, (Map<?, ?>) value, to);
      case ROW -> {
        to.startGroup();
        writeFields((Row) value, to);
        to.endGroup();
      }
      case LOGICAL_TYPE -> throw new IllegalStateException("a logical type stored as itself");
    }
  }

  private static void writeList(FieldType type, Iterable<?> elements, RecordConsumer to) {
    to.startGroup();
    if (elements.iterator().hasNext()) {
      to.startField("list", 0);
      for (Object element : elements) {
        to.startGroup();
        writeField("element", 0, StoredTypes.elementOf(type), element, to);
        to.endGroup();
      }
      to.endField("list", 0);
    }
    to.endGroup();
  }

  private static void writeMap(FieldType type, Map<?, ?> map, RecordConsumer to) {
    to.startGroup();
    if (!map.isEmpty()) {
      to.startField("key_value", 0);
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        to.startGroup();
        writeField("key", 0, StoredTypes.keyOf(type), entry.getKey(), to);
        writeField("value", 1, StoredTypes.mapValueOf(type), entry.getValue(), to);
        to.endGroup();
      }
      to.endField("key_value", 0);
    }
    to.endGroup();
  }

  /** The unscaled value, big-endian, in as many bytes as the column has. */
  private static byte[] decimalBytes(String name, BigDecimal value) {
    // First of all: the plain form of 1e999999999 would fill the memory.
    long digitsBeforePoint = (long) value.precision() - value.scale();
    if (value.signum() != 0 && digitsBeforePoint > DECIMAL_PRECISION - DECIMAL_SCALE) {
      throw new ArithmeticException(
          name
              + ": expected at most "
              + (DECIMAL_PRECISION - DECIMAL_SCALE)
              + " digits before the point, got "
              + digitsBeforePoint);
    }
    BigDecimal rounded = value.setScale(DECIMAL_SCALE, RoundingMode.HALF_EVEN);
    byte[] unscaled = rounded.unscaledValue().toByteArray();
    byte[] bytes = new byte[DECIMAL_BYTES];
    Arrays.fill(bytes, (byte) (rounded.signum() < 0 ? -1 : 0));
    System.arraycopy(unscaled, 0, bytes, DECIMAL_BYTES - unscaled.length, unscaled.length);
    return bytes;
  }
}
