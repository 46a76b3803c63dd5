package dev.leat.testing.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.event.Json;
import java.math.BigDecimal;
import java.util.Arrays;

/** Values of tests as JSON, and their equality. */
final class JsonValues {
  private JsonValues() {}

  static JsonNode of(Object value) {
    if (value instanceof JsonNode) {
      return (JsonNode) value;
    }
    if (value instanceof Number) {
      return DecimalNode.valueOf(new BigDecimal(value.toString()));
    }
    if (value instanceof Boolean) {
      return BooleanNode.valueOf((Boolean) value);
    }
    if (value instanceof String) {
      return TextNode.valueOf((String) value);
    }
    throw new IllegalArgumentException(
        "value: expected a text, number, boolean or JsonNode, got a " + value.getClass().getName());
  }

  /** Whether both have the same canonical form: names in any order, numbers by value. */
  static boolean equal(JsonNode one, JsonNode other) {
    return !one.isMissingNode()
        && Arrays.equals(Json.writeCanonical(one), Json.writeCanonical(other));
  }
}
