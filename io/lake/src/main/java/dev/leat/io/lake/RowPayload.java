package dev.leat.io.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.leat.io.spi.RowJson;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table as one compact JSON object, as a {@code parquet:} source would have it of the
 * row's file: the columns in the order of the table's, null where there is no value.
 *
 * <ul>
 *   <li>Timestamps: ISO-8601 in UTC with as many digits of a second as they have, also those
 *       without a zone. Dates {@code "2015-09-12"}, times of day {@code "13:00:00"}.
 *   <li>Decimals: exact numbers as {@link RowJson#text(BigDecimal)} writes them. NaN and the
 *       infinities: null.
 *   <li>Binary: base64. Lists: arrays. Maps and structs: objects. Anything else: its text.
 * </ul>
 */
final class RowPayload {
  private static final JsonFactory JSON = new JsonFactory();

  private RowPayload() {}

  /**
   * @param row has at least these columns
   * @return UTF-8
   */
  static byte[] of(Record row, Schema columns) {
    // Not into bytes: Jackson's bytes have characters beyond the basic plane as two escapes.
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writeFields(row, columns.asStruct(), json);
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return out.toString().getBytes(UTF_8);
  }

  private static void writeFields(Record row, Types.StructType columns, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    for (Types.NestedField column : columns.fields()) {
      json.writeFieldName(column.name());
      write(row.getField(column.name()), json);
    }
    json.writeEndObject();
  }

  private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
    if (value == null || isNoNumber(value)) {
      json.writeNull();
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value instanceof BigDecimal decimal) {
      json.writeNumber(RowJson.text(decimal));
    } else if (value instanceof Number number) {
      json.writeNumber(number.toString());
    } else if (value instanceof List<?> elements) {
      json.writeStartArray();
      for (Object element : elements) {
        write(element, json);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(text(entry.getKey()));
        write(entry.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof Record struct) {
      writeFields(struct, struct.struct(), json);
    } else {
      json.writeString(text(value));
    }
  }

  private static String text(Object value) {
    if (value instanceof OffsetDateTime time) {
      return time.toInstant().toString();
    }
    if (value instanceof LocalDateTime time) {
      return time.toInstant(ZoneOffset.UTC).toString();
    }
    if (value instanceof LocalTime time) {
      return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return value instanceof BigDecimal decimal ? RowJson.text(decimal) : value.toString();
  }

  private static boolean isNoNumber(Object value) {
    return value instanceof Double number && !Double.isFinite(number)
        || value instanceof Float single && !Float.isFinite(single);
  }
}
