package dev.leat.io.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows as texts by column, as a table has them stored: equal values give equal texts, whether they
 * were read from the table or are about to be written. Decimals have no trailing zeros, times are
 * in UTC, bytes are base64, and an absent column is a null.
 */
public final class StoredText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StoredText() {}

  /** A row that is to be written. */
  public static Map<String, @Nullable String> of(Row row) {
    Map<String, @Nullable String> texts = new LinkedHashMap<>();
    for (Schema.Field field : row.getSchema().getFields()) {
      Object stored = RowColumns.valueOf(field.getType(), (Object) row.getValue(field.getName()));
      texts.put(field.getName(), text(stored));
    }
    return texts;
  }

  /** A row that was read, with its table's columns. */
  static Map<String, @Nullable String> of(Record record) {
    Map<String, @Nullable String> texts = new LinkedHashMap<>();
    for (Types.NestedField column : record.struct().fields()) {
      texts.put(column.name(), text(record.getField(column.name())));
    }
    return texts;
  }

  /** As one JSON object, in the order of the columns' names. */
  public static String toJson(Map<String, @Nullable String> row) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(row));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What {@link #toJson} wrote. */
  public static Map<String, @Nullable String> fromJson(String json) {
    try {
      return JSON.readValue(json, new TypeReference<TreeMap<String, @Nullable String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a row: " + json, e);
    }
  }

  /** A stored value. */
  public static @Nullable String text(@Nullable Object stored) {
    if (stored == null) {
      return null;
    }
    if (stored instanceof BigDecimal) {
      BigDecimal number = (BigDecimal) stored;
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
    if (stored instanceof OffsetDateTime) {
      return ((OffsetDateTime) stored).toInstant().toString();
    }
    if (stored instanceof ByteBuffer) {
      ByteBuffer bytes = ((ByteBuffer) stored).duplicate();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
    if (stored instanceof List) {
      return ((List<?>) stored)
          .stream().map(StoredText::text).collect(Collectors.joining(", ", "[", "]"));
    }
    return String.valueOf(stored);
  }
}
