package dev.leat.io.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.leat.io.spi.StoredTypes;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * A value with parts as the JSON of a {@code jsonb} column: times as ISO-8601 in UTC, decimals with
 * up to 9 digits after the point, bytes as base64, NaN and the infinities as null.
 */
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  /** Whether every part has a form in JSON. */
  static boolean canWrite(FieldType type) {
    return switch (type.getTypeName()) {
      case ARRAY, ITERABLE -> canWrite(Objects.requireNonNull(type.getCollectionElementType()));
      case MAP ->
          Objects.requireNonNull(type.getMapKeyType()).getTypeName() == TypeName.STRING
              && canWrite(Objects.requireNonNull(type.getMapValueType()));
      case ROW ->
          Objects.requireNonNull(type.getRowSchema()).getFields().stream()
              .allMatch(field -> canWrite(field.getType()));
      case LOGICAL_TYPE -> false;
      default -> true;
    };
  }

  static String of(FieldType type, Object value) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      write(type, value, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  private static void write(FieldType type, @Nullable Object value, JsonGenerator json)
      throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    switch (type.getTypeName()) {
      case STRING -> json.writeString(ColumnType.storable((String) value));
      case BOOLEAN -> json.writeBoolean((Boolean) value);
      case DATETIME ->
          json.writeString(Instant.ofEpochMilli(((ReadableInstant) value).getMillis()).toString());
      case BYTES -> json.writeString(Base64.getEncoder().encodeToString((byte[]) value));
      case DECIMAL -> json.writeNumber(plain((BigDecimal) value));
      case FLOAT, DOUBLE -> writeFloating(((Number) value).doubleValue(), value.toString(), json);
      case ARRAY, ITERABLE ->
          writeArray(
              Objects.requireNonNull(type.getCollectionElementType()), (Iterable<?>) value, json);
      case MAP -> writeMap(Objects.requireNonNull(type.getMapValueType()), (Map<?, ?>) value, json);
      case ROW -> writeRow((Row) value, json);
      default -> json.writeNumber(value.toString());
    }
  }

  private static String plain(BigDecimal value) {
    return StoredTypes.decimal(value).stripTrailingZeros().toPlainString();
  }

  private static void writeFloating(double value, String text, JsonGenerator json)
      throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumber(text);
    } else {
      json.writeNull();
    }
  }

  private static void writeArray(FieldType element, Iterable<?> values, JsonGenerator json)
      throws IOException {
    json.writeStartArray();
    for (Object value : values) {
      write(element, value, json);
    }
    json.writeEndArray();
  }

  private static void writeMap(FieldType type, Map<?, ?> values, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : values.entrySet()) {
      json.writeFieldName(ColumnType.storable((String) entry.getKey()));
      write(type, entry.getValue(), json);
    }
    json.writeEndObject();
  }

  private static void writeRow(Row row, JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Schema.Field field : row.getSchema().getFields()) {
      json.writeFieldName(ColumnType.storable(field.getName()));
      write(field.getType(), row.getValue(field.getName()), json);
    }
    json.writeEndObject();
  }
}
