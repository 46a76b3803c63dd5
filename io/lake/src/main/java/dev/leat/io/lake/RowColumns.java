package dev.leat.io.lake;

import dev.leat.io.spi.StoredTypes;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/** The types and values of Beam rows as Iceberg has them. */
final class RowColumns {

  private RowColumns() {}

  /** The columns of rows; what has no column is added to {@code problems}. */
  static org.apache.iceberg.Schema of(Schema rows, List<String> problems) {
    AtomicInteger nested = new AtomicInteger(rows.getFieldCount());
    List<Types.NestedField> columns = new ArrayList<>();
    int id = 0;
    for (Schema.Field field : rows.getFields()) {
      id++;
      Optional<Type> type = typeOf(field.getType(), nested);
      if (type.isEmpty()) {
        problems.add(
            "column '"
                + field.getName()
                + "': "
                + field.getType().getTypeName()
                + " has no type"
                + " in the lake");
        continue;
      }
      columns.add(
          // Optional, whatever the rows have: a later version of the workflow may lack the column.
          Types.NestedField.optional(id, field.getName(), type.get()));
    }
    return new org.apache.iceberg.Schema(columns);
  }

  private static Optional<Type> typeOf(FieldType type, AtomicInteger nested) {
    return switch (type.getTypeName()) {
      case STRING -> Optional.of(Types.StringType.get());
      case BYTE, INT16, INT32 -> Optional.of(Types.IntegerType.get());
      case INT64 -> Optional.of(Types.LongType.get());
      case FLOAT -> Optional.of(Types.FloatType.get());
      case DOUBLE -> Optional.of(Types.DoubleType.get());
      case BOOLEAN -> Optional.of(Types.BooleanType.get());
      case DECIMAL ->
          Optional.of(
              Types.DecimalType.of(StoredTypes.DECIMAL_PRECISION, StoredTypes.DECIMAL_SCALE));
      case DATETIME -> Optional.of(Types.TimestampType.withZone());
      case BYTES -> Optional.of(Types.BinaryType.get());
      case ARRAY, ITERABLE -> listOf(type.getCollectionElementType(), nested);
      default -> Optional.empty();
    };
  }

  private static Optional<Type> listOf(@Nullable FieldType element, AtomicInteger nested) {
    if (element == null) {
      return Optional.empty();
    }
    int id = nested.incrementAndGet();
    return typeOf(element, nested)
        .map(
            type ->
                element.getNullable()
                    ? Types.ListType.ofOptional(id, type)
                    : Types.ListType.ofRequired(id, type));
  }

  /**
   * @throws ArithmeticException if a decimal has more than 29 digits before the point
   */
  static @Nullable Object valueOf(FieldType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.getTypeName()) {
      case BYTE, INT16 -> ((Number) value).intValue();
      case DECIMAL -> StoredTypes.decimal((BigDecimal) value);
      case DATETIME ->
          Instant.ofEpochMilli(((ReadableInstant) value).getMillis()).atOffset(ZoneOffset.UTC);
      case BYTES -> ByteBuffer.wrap((byte[]) value);
      case ARRAY, ITERABLE -> list(type, (Iterable<?>) value);
      default -> value;
    };
  }

  private static List<@Nullable Object> list(FieldType type, Iterable<?> values) {
    FieldType element = java.util.Objects.requireNonNull(type.getCollectionElementType());
    List<@Nullable Object> list =
        new ArrayList<>(values instanceof Collection ? ((Collection<?>) values).size() : 10);
    for (Object value : values) {
      list.add(valueOf(element, value));
    }
    return list;
  }
}
