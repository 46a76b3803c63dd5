package dev.leat.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.leat.event.Json;
import dev.leat.field.Values;
import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Between JSON trees and CEL's values. Objects and arrays are views: only what is used is changed.
 */
final class CelValues {
  static final Object NULL = NullValue.NULL_VALUE;

  private CelValues() {}

  /** A JSON tree as CEL sees it: integers that fit 64 bits are ints, other numbers doubles. */
  static Object fromJson(JsonNode node) {
    return from(node, TextNode::textValue, CelValues::fromJson);
  }

  /** As {@link #fromJson}, for formats without types: a text written as a JSON number is one. */
  static Object fromText(JsonNode node) {
    return from(node, CelValues::numberOrText, CelValues::fromText);
  }

  /**
   * A result of CEL as a JSON tree.
   *
   * @throws IllegalArgumentException if JSON has no such value
   */
  static JsonNode toJson(Object value) {
    if (value instanceof Boolean) {
      return BooleanNode.valueOf((Boolean) value);
    }
    if (value instanceof Long) {
      return LongNode.valueOf((Long) value);
    }
    if (value instanceof UnsignedLong) {
      return DecimalNode.valueOf(new BigDecimal(((UnsignedLong) value).bigIntegerValue()));
    }
    if (value instanceof Double) {
      double number = (Double) value;
      if (Double.isNaN(number) || Double.isInfinite(number)) {
        throw new IllegalArgumentException("expected a finite number, got " + number);
      }
      return DecimalNode.valueOf(BigDecimal.valueOf(number));
    }
    if (value instanceof String
        || value instanceof java.time.Instant
        || value instanceof java.time.Duration) {
      return TextNode.valueOf(value.toString());
    }
    if (value instanceof CelByteString) {
      return TextNode.valueOf(
          Base64.getEncoder().encodeToString(((CelByteString) value).toByteArray()));
    }
    if (value instanceof List) {
      ArrayNode array = Json.object().arrayNode();
      ((List<?>) value).forEach(element -> array.add(toJson(element)));
      return array;
    }
    if (value instanceof Map) {
      ObjectNode object = Json.object();
      ((Map<?, ?>) value).forEach((key, element) -> object.set(key.toString(), toJson(element)));
      return object;
    }
    if (value == NULL) {
      return NullNode.getInstance();
    }
    throw new IllegalArgumentException(
        "expected a value that JSON has, got a " + value.getClass().getSimpleName());
  }

  private static Object numberOrText(TextNode node) {
    String text = node.textValue();
    if (!Values.looksLikeJsonNumber(text)) {
      return text;
    }
    return number(new BigDecimal(text));
  }

  private static Object from(
      JsonNode node, Function<TextNode, Object> text, Function<JsonNode, Object> element) {
    switch (node.getNodeType()) {
      case STRING:
        return text.apply((TextNode) node);
      case BOOLEAN:
        return node.booleanValue();
      case NUMBER:
        return node.canConvertToLong() && node.isIntegralNumber()
            ? (Object) node.longValue()
            : (Object) number(node.decimalValue());
      case ARRAY:
        return new ArrayView(node, element);
      case OBJECT:
        return new ObjectView(node, element);
      default:
        return NULL;
    }
  }

  private static Object number(BigDecimal value) {
    boolean fits = value.scale() <= 0 && value.precision() - (long) value.scale() <= 18;
    return fits ? (Object) value.longValueExact() : (Object) value.doubleValue();
  }

  private static final class ArrayView extends AbstractList<Object> {
    private final JsonNode node;
    private final Function<JsonNode, Object> element;

    ArrayView(JsonNode node, Function<JsonNode, Object> element) {
      this.node = node;
      this.element = element;
    }

    @Override
    public Object get(int index) {
      return element.apply(node.get(index));
    }

    @Override
    public int size() {
      return node.size();
    }
  }

  private static final class ObjectView extends AbstractMap<String, Object> {
    private final JsonNode node;
    private final Function<JsonNode, Object> element;

    ObjectView(JsonNode node, Function<JsonNode, Object> element) {
      this.node = node;
      this.element = element;
    }

    @Override
    public @Nullable Object get(Object key) {
      JsonNode value = key instanceof String ? node.get((String) key) : null;
      return value == null ? null : element.apply(value);
    }

    @Override
    public boolean containsKey(Object key) {
      return key instanceof String && node.has((String) key);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public Iterator<Entry<String, Object>> iterator() {
          Iterator<String> names = node.fieldNames();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return names.hasNext();
            }

            @Override
            public Entry<String, Object> next() {
              String name = names.next();
              return Map.entry(name, element.apply(node.get(name)));
            }
          };
        }

        @Override
        public int size() {
          return node.size();
        }
      };
    }
  }
}
