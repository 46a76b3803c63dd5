package dev.leat.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * JSON as Leat reads and writes it: strict (RFC 8259, UTF-8, one document, at most 500 levels
 * deep), with exact decimals, never a double.
 */
public final class Json {
  /** Deepest nesting accepted. */
  public static final int MAX_DEPTH = 500;

  /** Longer integers that came with an exponent are not written out: 1E+999999999 is short. */
  private static final int MAX_PLAIN_DIGITS = 18;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private Json() {}

  /**
   * Reads one JSON document.
   *
   * @throws MalformedPayloadException if the bytes are not UTF-8 or not one JSON document; its
   *     message has the place but none of the content
   */
  public static JsonNode parse(byte[] utf8) {
    String text;
    try {
      text =
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8))
              .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedPayloadException("not UTF-8", e);
    }
    return parse(text);
  }

  /** As {@link #parse(byte[])}, from text. */
  public static JsonNode parse(String text) {
    JsonNode node;
    try (JsonParser parser = new StrictParser(MAPPER.createParser(text))) {
      node = MAPPER.readTree(parser);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more than one document");
      }
    } catch (JsonProcessingException e) {
      throw new MalformedPayloadException("not JSON: " + placeOf(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (node == null || node.isMissingNode()) {
      throw new MalformedPayloadException("not JSON: empty");
    }
    return node;
  }

  /**
   * Jackson takes a number beyond the doubles, such as 1e400, for one of the words that strict JSON
   * does not have, and gives an infinity in its place.
   */
  private static final class StrictParser extends JsonParserDelegate {
    StrictParser(JsonParser parser) {
      super(parser);
    }

    @Override
    public boolean isNaN() {
      return false;
    }

    /** An exponent that an int cannot hold is no number to Java. */
    @Override
    public BigDecimal getDecimalValue() throws IOException {
      try {
        return super.getDecimalValue();
      } catch (NumberFormatException e) {
        throw new JsonParseException(this, "an exponent that is too long", e);
      }
    }
  }

  /** Compact JSON, UTF-8, in the order of the tree. */
  public static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A JSON tree could not be written", e);
    }
  }

  /**
   * Compact JSON with names in order and numbers without trailing zeros, so that equal trees give
   * equal bytes.
   */
  public static byte[] writeCanonical(JsonNode node) {
    return write(canonical(node));
  }

  /**
   * The same tree as reading back its JSON gives it: names in order, integers in the smallest node
   * that holds them, decimals without trailing zeros but for one, so that 2.0 stays a decimal. What
   * is derived from an event must not change its type between two steps where the runner happens to
   * encode it.
   */
  public static JsonNode normal(JsonNode node) {
    if (node.isObject() || node.isArray()) {
      return mapped(node, Json::normal);
    }
    if (!node.isNumber()) {
      return node;
    }
    BigDecimal number = node.decimalValue();
    boolean fits = number.precision() - (long) number.scale() <= MAX_PLAIN_DIGITS;
    if (node.isIntegralNumber() || (number.scale() <= 0 && fits)) {
      return integer(number.toBigIntegerExact());
    }
    BigDecimal stripped = number.stripTrailingZeros();
    return DecimalNode.valueOf(stripped.scale() < 1 && fits ? stripped.setScale(1) : stripped);
  }

  /** Levels of nesting: 0 for a text or number, 1 for an empty array. */
  public static int depth(JsonNode node) {
    int deepest = node.isContainerNode() ? 1 : 0;
    for (JsonNode child : node) {
      deepest = Math.max(deepest, 1 + depth(child));
    }
    return deepest;
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  private static JsonNode canonical(JsonNode node) {
    if (node.isObject() || node.isArray()) {
      return mapped(node, Json::canonical);
    }
    if (node.isNumber() && !node.isIntegralNumber()) {
      BigDecimal stripped = node.decimalValue().stripTrailingZeros();
      return DecimalNode.valueOf(stripped);
    }
    return node;
  }

  /** An object with names in order, or an array, of the mapped elements. */
  private static JsonNode mapped(JsonNode node, UnaryOperator<JsonNode> element) {
    if (node.isArray()) {
      var array = MAPPER.createArrayNode();
      node.forEach(child -> array.add(element.apply(child)));
      return array;
    }
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    Collections.sort(names);
    ObjectNode sorted = object();
    names.forEach(name -> sorted.set(name, element.apply(node.get(name))));
    return sorted;
  }

  private static JsonNode integer(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return IntNode.valueOf(value.intValue());
    }
    return value.bitLength() < Long.SIZE
        ? LongNode.valueOf(value.longValue())
        : BigIntegerNode.valueOf(value);
  }

  /** The parser's own message can quote content; the place and kind are enough. */
  private static String placeOf(JsonProcessingException e) {
    String kind = e.getOriginalMessage();
    if (kind.contains("nesting depth")) {
      return "deeper than " + MAX_DEPTH + " levels";
    }
    if (kind.contains("Unexpected end-of-input")) {
      return "it ends too early";
    }
    if (e.getLocation() == null) {
      return "unexpected content";
    }
    return "unexpected content near character " + (e.getLocation().getCharOffset() + 1);
  }
}
