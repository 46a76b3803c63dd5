package dev.leat.field;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import dev.leat.event.Payload;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a payload as a tree, by its content type: JSON as it is; CSV as an object of texts by
 * column, or an array of texts where there is no header; plain text, given a pattern, as an object
 * of texts by group.
 */
public final class PayloadReader implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A CSV record with its header record before it. */
  public static final String CSV_WITH_HEADER = "text/csv; header=present";

  /** A CSV record alone. */
  public static final String CSV_WITHOUT_HEADER = "text/csv; header=absent";

  public static final String PLAIN_TEXT = "text/plain";
  public static final String JSON = "application/json";

  private static final Pattern GROUP = Pattern.compile("\\(\\?<([a-zA-Z][a-zA-Z0-9]*)>");

  private final @Nullable Pattern pattern;
  private final List<String> groups;

  private PayloadReader(@Nullable Pattern pattern, List<String> groups) {
    this.pattern = pattern;
    this.groups = groups;
  }

  /** Reads JSON and CSV, and plain text as one text. */
  public static PayloadReader plain() {
    return new PayloadReader(null, List.of());
  }

  /**
   * Reads plain text by the named groups of a pattern that must match the whole text.
   *
   * @throws IllegalArgumentException if it has no named group
   */
  public static PayloadReader matching(Pattern pattern) {
    List<String> groups = new ArrayList<>();
    Matcher matcher = GROUP.matcher(pattern.pattern());
    while (matcher.find()) {
      groups.add(matcher.group(1));
    }
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "expected named groups such as (?<host>[^ ]+), got none in '" + pattern + "'");
    }
    return new PayloadReader(pattern, List.copyOf(groups));
  }

  /** The names of the pattern's groups, which are the fields of a text; none without a pattern. */
  public List<String> groups() {
    return groups;
  }

  /**
   * Reads a payload.
   *
   * @throws MalformedPayloadException if the payload is not what {@code contentType} says, or Leat
   *     cannot read that content type
   */
  public JsonNode read(String contentType, Payload payload) {
    String type = Ascii.toLowerCase(contentType);
    if (type.startsWith("application/json") || type.contains("+json")) {
      return Json.parse(payload.toByteArray());
    }
    if (type.startsWith("text/csv")) {
      return type.contains("header=absent") ? csvArray(payload) : csvObject(payload);
    }
    if (type.startsWith("text/plain")) {
      return matched(text(payload));
    }
    throw new MalformedPayloadException(
        "content type '" + contentType + "' cannot be read by fields");
  }

  private static ObjectNode csvObject(Payload payload) {
    List<CSVRecord> records = csv(payload);
    if (records.size() != 2) {
      throw new MalformedPayloadException(
          "not CSV: expected a header and one record, got " + records.size() + " records");
    }
    CSVRecord header = records.get(0);
    CSVRecord values = records.get(1);
    if (header.size() != values.size()) {
      throw new MalformedPayloadException(
          "not CSV: the header has " + header.size() + " columns, the record " + values.size());
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < values.size(); i++) {
      node.put(header.get(i), values.get(i));
    }
    return node;
  }

  private static ArrayNode csvArray(Payload payload) {
    List<CSVRecord> records = csv(payload);
    if (records.size() != 1) {
      throw new MalformedPayloadException("not CSV: expected one record, got " + records.size());
    }
    ArrayNode node = JsonNodeFactory.instance.arrayNode();
    records.get(0).forEach(node::add);
    return node;
  }

  private static List<CSVRecord> csv(Payload payload) {
    try (CSVParser parser = CSVParser.parse(text(payload), CSVFormat.RFC4180)) {
      return parser.getRecords();
    } catch (IOException | IllegalStateException | java.io.UncheckedIOException e) {
      throw new MalformedPayloadException("not CSV: a quote is not closed, or text follows one", e);
    }
  }

  private JsonNode matched(String text) {
    if (pattern == null) {
      return JsonNodeFactory.instance.textNode(text);
    }
    Matcher matcher = pattern.matcher(text);
    try {
      if (!matcher.matches()) {
        throw new MalformedPayloadException("the text does not match the pattern");
      }
    } catch (StackOverflowError e) {
      // java.util.regex recurses once a repetition of a group; a hostile line must not end the run.
      throw new MalformedPayloadException("the text is too long for the pattern", e);
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (String group : groups) {
      String value = matcher.group(group);
      if (value != null) {
        node.put(group, value);
      }
    }
    return node;
  }

  private static String text(Payload payload) {
    try {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(payload.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedPayloadException("not UTF-8", e);
    }
  }
}
