package dev.leat.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableSet;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events as CloudEvents 1.0 JSON, structured and batch mode (<a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON
 * event format</a>).
 *
 * <p>Leat's {@code tenant} is the extension attribute {@code tenant}, else the standard {@code
 * partitionkey}, else {@code default}; {@code sequence} is the standard extension {@code sequence};
 * {@code schema} is {@code dataschema} where it reads {@code subject:version}. Other extensions are
 * not kept. {@code time}, which CloudEvents leaves optional, is required: all windows are on it.
 */
public final class CloudEventsJson {
  private static final ImmutableSet<String> REQUIRED =
      ImmutableSet.of("specversion", "id", "source", "type", "time");

  private CloudEventsJson() {}

  /**
   * Reads one event, structured mode.
   *
   * @throws MalformedPayloadException if it is not a CloudEvents 1.0 event with a time
   */
  public static Event read(byte[] json) {
    return read(Json.parse(json));
  }

  /**
   * Reads a batch.
   *
   * @throws MalformedPayloadException if it is not an array of CloudEvents 1.0 events with a time
   */
  public static List<Event> readBatch(byte[] json) {
    JsonNode array = Json.parse(json);
    if (!array.isArray()) {
      throw new MalformedPayloadException("not a batch of CloudEvents: expected a JSON array");
    }
    List<Event> events = new ArrayList<>(array.size());
    array.forEach(node -> events.add(read(node)));
    return events;
  }

  /** One event, structured mode. JSON payloads are written as JSON, text as text, else base64. */
  public static byte[] write(Event event) {
    return Json.write(toTree(event));
  }

  /**
   * As {@link #write}, so that reading it gives the payload's bytes as they are: JSON that is
   * written in another way than Leat's, with spaces for example, as base64 too.
   */
  public static byte[] writeExactly(Event event) {
    ObjectNode node = toTree(event);
    JsonNode data = node.get("data");
    if (data != null && !data.isNull() && isJson(event.contentType())) {
      byte[] bytes = event.data().shared();
      if (!java.util.Arrays.equals(Json.write(data), bytes)) {
        node.remove("data");
        node.put("data_base64", Base64.getEncoder().encodeToString(bytes));
      }
    }
    return Json.write(node);
  }

  public static byte[] writeBatch(Iterable<Event> events) {
    ArrayNode array = Json.object().arrayNode();
    events.forEach(event -> array.add(toTree(event)));
    return Json.write(array);
  }

  private static Event read(JsonNode node) {
    if (!node.isObject()) {
      throw new MalformedPayloadException("not a CloudEvent: expected a JSON object");
    }
    for (String name : REQUIRED) {
      if (text(node, name) == null) {
        throw new MalformedPayloadException("not a CloudEvent: '" + name + "' is missing");
      }
    }
    if (!"1.0".equals(text(node, "specversion"))) {
      throw new MalformedPayloadException("not a CloudEvent of version 1.0");
    }
    String contentType = textOr(node, "datacontenttype", "application/json");
    String tenant = text(node, "tenant");
    return Event.builder()
        .id(textOr(node, "id", ""))
        .source(textOr(node, "source", ""))
        .type(textOr(node, "type", ""))
        .subject(text(node, "subject"))
        .time(time(textOr(node, "time", "")))
        .tenant(tenant != null ? tenant : textOr(node, "partitionkey", "default"))
        .sequence(sequence(node.path("sequence")))
        .schema(schema(text(node, "dataschema")))
        .contentType(contentType)
        .data(data(node, contentType))
        .build();
  }

  private static ObjectNode toTree(Event event) {
    ObjectNode node = Json.object();
    node.put("specversion", "1.0");
    node.put("id", event.id());
    node.put("source", event.source());
    node.put("type", event.type());
    String subject = event.subject();
    if (subject != null) {
      node.put("subject", subject);
    }
    node.put("time", event.time().toString());
    node.put("tenant", event.tenant());
    Long sequence = event.sequence();
    if (sequence != null) {
      node.put("sequence", sequence.toString());
    }
    SchemaRef schema = event.schema();
    if (schema != null) {
      node.put("dataschema", schema.subject() + ":" + schema.version());
    }
    node.put("datacontenttype", event.contentType());
    putData(event, node);
    return node;
  }

  private static void putData(Event event, ObjectNode node) {
    byte[] bytes = event.data().shared();
    if (bytes.length == 0) {
      return;
    }
    if (isJson(event.contentType())) {
      try {
        JsonNode data = Json.parse(bytes);
        // In an event and a batch it stands two levels deeper; and a null would read as no data.
        if (!data.isNull() && Json.depth(data) <= Json.MAX_DEPTH - 2) {
          node.set("data", data);
          return;
        }
      } catch (MalformedPayloadException e) {
        // It only says that it is JSON: its bytes go out as they are.
      }
    } else if (event.contentType().startsWith("text/") && isUtf8(bytes)) {
      node.put("data", new String(bytes, StandardCharsets.UTF_8));
      return;
    }
    node.put("data_base64", Base64.getEncoder().encodeToString(bytes));
  }

  private static Payload data(JsonNode node, String contentType) {
    JsonNode data = node.path("data");
    JsonNode base64 = node.path("data_base64");
    if (!data.isMissingNode() && !base64.isMissingNode()) {
      throw new MalformedPayloadException("not a CloudEvent: it has both data and data_base64");
    }
    if (base64.isTextual()) {
      try {
        return Payload.takingOver(Base64.getDecoder().decode(base64.textValue()));
      } catch (IllegalArgumentException e) {
        throw new MalformedPayloadException("not a CloudEvent: data_base64 is not base64", e);
      }
    }
    if (data.isMissingNode() || data.isNull()) {
      return Payload.empty();
    }
    if (data.isTextual() && !isJson(contentType)) {
      return Payload.utf8(unicode("data", data.textValue()));
    }
    return Payload.takingOver(Json.write(data));
  }

  private static Instant time(String text) {
    OffsetDateTime time;
    try {
      time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedPayloadException("not a CloudEvent: 'time' is not an RFC 3339 time", e);
    }
    if (time.getYear() < 1 || time.getYear() > 9999) {
      throw new MalformedPayloadException("not a CloudEvent: 'time' is not in the years 1 to 9999");
    }
    return time.toInstant();
  }

  private static @Nullable Long sequence(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (node.isTextual()) {
      try {
        return Long.valueOf(node.textValue());
      } catch (NumberFormatException e) {
        throw new MalformedPayloadException("not a CloudEvent: 'sequence' is not an integer", e);
      }
    }
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    throw new MalformedPayloadException("not a CloudEvent: 'sequence' is not an integer");
  }

  private static @Nullable SchemaRef schema(@Nullable String text) {
    if (text == null || !text.matches(".+:[1-9][0-9]{0,8}")) {
      return null;
    }
    int colon = text.lastIndexOf(':');
    return SchemaRef.of(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static boolean isJson(String contentType) {
    String type = Ascii.toLowerCase(contentType);
    return type.startsWith("application/json") || type.contains("+json");
  }

  private static boolean isUtf8(byte[] bytes) {
    return java.util.Arrays.equals(
        new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
  }

  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isTextual() && !value.textValue().isEmpty()
        ? unicode(name, value.textValue())
        : null;
  }

  /** JSON can escape half a surrogate pair, which UTF-8 cannot hold: two ids would become one. */
  private static String unicode(String name, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new MalformedPayloadException(
          "not a CloudEvent: '" + name + "' has half a surrogate pair, which is not Unicode text");
    }
    return text;
  }

  private static String textOr(JsonNode node, String name, String otherwise) {
    String value = text(node, name);
    return value == null ? otherwise : value;
  }
}
