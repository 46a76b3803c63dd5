package dev.leat.pipelines.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.event.Json;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of stored rows as JSON has them: times in UTC, bytes as text where they are UTF-8. */
final class StoredValues {
  private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

  private StoredValues() {}

  static ObjectNode json(Map<String, @Nullable Object> row) {
    ObjectNode node = Json.object();
    row.forEach((name, value) -> node.set(name, json(value)));
    return node;
  }

  /** For a line: without quotes if it is one text. */
  static String text(@Nullable Object value) {
    JsonNode node = json(value);
    return node.isTextual() ? node.textValue() : new String(Json.write(node), UTF_8);
  }

  private static JsonNode json(@Nullable Object value) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof OffsetDateTime time) {
      return NODES.textNode(time.toInstant().toString());
    } else if (value instanceof ByteBuffer bytes) {
      return NODES.textNode(text(bytes.duplicate()));
    } else if (value instanceof Boolean truth) {
      return NODES.booleanNode(truth);
    } else if (value instanceof Integer || value instanceof Long) {
      return NODES.numberNode(((Number) value).longValue());
    } else if (value instanceof BigDecimal decimal) {
      return NODES.numberNode(
          decimal.signum() == 0
              ? BigDecimal.ZERO
              : new BigDecimal(decimal.stripTrailingZeros().toPlainString()));
    } else if (value instanceof Double || value instanceof Float) {
      return NODES.numberNode(((Number) value).doubleValue());
    } else if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(each -> array.add(json(each)));
      return array;
    }
    return NODES.textNode(value.toString());
  }

  private static String text(ByteBuffer bytes) {
    try {
      return UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException e) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
  }
}
