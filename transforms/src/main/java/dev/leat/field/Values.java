package dev.leat.field;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the values that stand in a payload, exactly. */
public final class Values {
  /**
   * Numbers have at most this many digits on either side of the point. It covers every double, and
   * keeps {@code 1e999999999} from becoming a billion digits in a sum.
   */
  public static final int MAX_DIGITS = 400;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,9})?");
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d{1,9})?");

  private Values() {}

  /**
   * The number at a place: a JSON number, or a text that is one, exactly. {@code null} if it is
   * missing, null, or an empty text.
   *
   * @throws RejectedException if it is something else, or longer than {@value #MAX_DIGITS} digits
   */
  public static @Nullable BigDecimal number(JsonNode node, FieldRef field) {
    if (isAbsent(node) || (node.isTextual() && node.textValue().isBlank())) {
      return null;
    }
    BigDecimal value = null;
    if (node.isNumber()) {
      value = node.decimalValue();
    } else if (node.isTextual()) {
      String text = node.textValue().trim();
      if (text.length() <= 2 * MAX_DIGITS + 20 && NUMBER.matcher(text).matches()) {
        value = new BigDecimal(text);
      }
    }
    if (value == null) {
      throw new RejectedException(
          Reason.INVALID_VALUE, field + ": expected a number, got " + kindOf(node));
    }
    if (value.scale() > MAX_DIGITS || (long) value.precision() - value.scale() > MAX_DIGITS) {
      throw new RejectedException(
          Reason.INVALID_VALUE,
          field + ": expected a number of at most " + MAX_DIGITS + " digits, got a longer one");
    }
    return value;
  }

  /**
   * The value as text, equal for equal values: numbers without an exponent or trailing zeros,
   * objects and arrays as compact JSON with names in order. {@code null} if it is missing or null.
   *
   * @throws RejectedException if it is a text with half a surrogate pair, which UTF-8 cannot hold,
   *     or a number longer than {@value #MAX_DIGITS} digits
   */
  public static @Nullable String text(JsonNode node, FieldRef field) {
    if (isAbsent(node)) {
      return null;
    }
    if (node.isTextual()) {
      return wellFormed(node.textValue(), field);
    }
    if (node.isNumber()) {
      BigDecimal number = number(node, field);
      return number == null ? null : plain(number);
    }
    if (node.isBoolean()) {
      return node.booleanValue() ? "true" : "false";
    }
    return new String(Json.writeCanonical(node), StandardCharsets.UTF_8);
  }

  /** Without an exponent or trailing zeros: equal numbers give equal texts. */
  public static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /** Whether a text cell looks exactly as a JSON number does, so {@code 7} but not {@code 007}. */
  public static boolean looksLikeJsonNumber(String text) {
    return text.length() <= MAX_DIGITS && JSON_NUMBER.matcher(text).matches();
  }

  public static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static String wellFormed(String text, FieldRef field) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new RejectedException(
              Reason.INVALID_VALUE, field + ": half a surrogate pair is not Unicode text");
        }
        i++;
      }
    }
    return text;
  }

  private static String kindOf(JsonNode node) {
    switch (node.getNodeType()) {
      case STRING:
        return "text";
      case BOOLEAN:
        return "a boolean";
      case ARRAY:
        return "an array";
      default:
        return "an object";
    }
  }
}
