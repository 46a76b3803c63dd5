package dev.leat.io.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.temporal.TemporalAccessor;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * A row as one compact JSON object, its fields in the order of the schema, none left out.
 *
 * <ul>
 *   <li>{@code DATETIME}: ISO-8601 in UTC, {@code "2015-09-12T13:00:00Z"}, with as many digits of a
 *       second as it has.
 *   <li>{@code DECIMAL}: an exact number without trailing zeros, never in scientific notation
 *       unless it had more than 1000 zeros to write.
 *   <li>{@code INT…}, {@code DOUBLE}, {@code FLOAT}: a number; NaN and the infinities: null.
 *   <li>{@code ARRAY}: an array; {@code MAP} and {@code ROW}: an object; {@code BYTES}: base64.
 *   <li>null: null. Java's own date and time types: their ISO-8601 text. Other logical types: what
 *       they are stored as.
 * </ul>
 */
public final class RowJson {
  private static final int MOST_ZEROS = 1000;

  private static final JsonFactory JSON = new JsonFactory();

  private RowJson() {}

  public static String of(Row row) {
    // Not into bytes: Jackson's bytes have characters beyond the basic plane as two escapes.
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writeRow(row, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** Some columns of a row as a JSON array, in the order given: what tells rows apart. */
  public static String arrayOf(Row row, List<String> columns) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartArray();
      for (String column : columns) {
        Schema schema = row.getSchema();
        writeValue(schema.getField(column).getType(), row.getValue(column), json);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /** Writes the object, in UTF-8, without a line end; does not close. */
  public static void write(Row row, OutputStream out) throws IOException {
    out.write(of(row).getBytes(UTF_8));
  }

  /**
   * A value as it stands in a text: as in the JSON, without quotes if it is one text; empty for
   * null.
   */
  public static String text(FieldType type, @Nullable Object value) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      Object plain = plain(type, value);
      if (plain == null) {
        return "";
      }
      if (plain instanceof String text) {
        return text;
      }
      writeValue(type, value, json);
    }
    return out.toString();
  }

  /** An exact number without trailing zeros. */
  public static String text(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    // 1e999999999 is a legal number whose plain form would fill the memory.
    return Math.abs((long) stripped.scale()) > MOST_ZEROS
        ? stripped.toString()
        : stripped.toPlainString();
  }

  private static void writeRow(Row row, JsonGenerator json) throws IOException {
    json.writeStartObject();
    Schema schema = row.getSchema();
    for (int i = 0; i < schema.getFieldCount(); i++) {
      json.writeFieldName(schema.getField(i).getName());
      writeValue(schema.getField(i).getType(), row.getValue(i), json);
    }
    json.writeEndObject();
  }

  private static void writeValue(FieldType type, @Nullable Object value, JsonGenerator json)
      throws IOException {
    Object plain = plain(type, value);
    if (plain == null) {
      json.writeNull();
    } else if (plain instanceof String text) {
      json.writeString(text);
    } else if (plain instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (plain instanceof BigDecimal decimal) {
      json.writeNumber(text(decimal));
    } else if (plain instanceof Number number) {
      json.writeNumber(number.toString());
    } else if (plain instanceof Row row) {
      writeRow(row, json);
    } else if (plain instanceof Map<?, ?> map) {
      writeMap(type, map, json);
    } else if (plain instanceof Iterable<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        writeValue(StoredTypes.elementOf(type), element, json);
      }
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException("a row with a " + plain.getClass().getName());
    }
  }

  private static void writeMap(FieldType type, Map<?, ?> map, JsonGenerator json)
      throws IOException {
    FieldType keys = StoredTypes.keyOf(type);
    FieldType values = StoredTypes.mapValueOf(type);
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(text(keys, entry.getKey()));
      writeValue(values, entry.getValue(), json);
    }
    json.writeEndObject();
  }

  /** The value as JSON's types have it: text for times and bytes, null for what is no number. */
  private static @Nullable Object plain(FieldType type, @Nullable Object value) {
    if (value instanceof ReadableInstant instant) {
      return java.time.Instant.ofEpochMilli(instant.getMillis()).toString();
    }
    if (value instanceof TemporalAccessor) {
      return value.toString();
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof Double number && !Double.isFinite(number)
        || value instanceof Float single && !Float.isFinite(single)) {
      return null;
    }
    if (value instanceof CharSequence) {
      return value.toString();
    }
    if (value != null && type.getTypeName() == Schema.TypeName.LOGICAL_TYPE) {
      return plain(StoredTypes.of(type), StoredTypes.valueOf(type, value));
    }
    return value;
  }
}
