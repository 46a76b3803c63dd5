package dev.leat.field;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.MalformedPayloadException;
import dev.leat.event.SchemaRef;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An event while steps work on it: its payload is parsed at most once, on demand, and derived
 * fields gather here. Not for more than one thread.
 */
public final class EventView {
  private static final Map<String, JsonPointer> POINTERS = new ConcurrentHashMap<>();

  private final PayloadReader reader;
  private Event event;
  private @Nullable JsonNode payload;

  public EventView(Event event, PayloadReader reader) {
    this.event = event;
    this.reader = reader;
  }

  /** The same payload, which need not be parsed again, with another envelope. */
  public EventView withEnvelope(Event other) {
    EventView view = new EventView(other, reader);
    view.payload = payload;
    return view;
  }

  /** The event with what has been derived so far. */
  public Event event() {
    return event;
  }

  /**
   * The payload as a tree.
   *
   * @throws RejectedException if it is not what its content type says
   */
  public JsonNode payload() {
    JsonNode tree = payload;
    if (tree == null) {
      try {
        tree = reader.read(event.contentType(), event.data());
      } catch (MalformedPayloadException e) {
        throw new RejectedException(Reason.MALFORMED, String.valueOf(e.getMessage()));
      }
      payload = tree;
    }
    return tree;
  }

  /**
   * The value at a place; missing if there is none.
   *
   * @throws RejectedException if the payload is needed and cannot be read
   */
  public JsonNode at(FieldRef field) {
    if (field.isInPayload()) {
      return payload().at(POINTERS.computeIfAbsent(field.toString(), JsonPointer::compile));
    }
    JsonNode node = event.derived().path(field.root());
    if (node.isMissingNode()) {
      return field.isInEnvelope() ? envelope(field.toString()) : node;
    }
    java.util.List<String> path = field.path();
    for (String part : path.subList(1, path.size())) {
      node = node.path(part);
    }
    return node;
  }

  /**
   * Adds a derived field, or replaces the one of that name.
   *
   * @throws RejectedException if the value is so deep that the event could not be read again
   */
  public void derive(String name, JsonNode value) {
    if (Json.depth(value) >= Json.MAX_DEPTH) {
      throw new RejectedException(
          Reason.INVALID_VALUE,
          name + ": expected a value of fewer than " + Json.MAX_DEPTH + " levels");
    }
    event = event.toBuilder().derived(name, value).build();
  }

  private JsonNode envelope(String name) {
    switch (name) {
      case "id":
        return TextNode.valueOf(event.id());
      case "source":
        return TextNode.valueOf(event.source());
      case "type":
        return TextNode.valueOf(event.type());
      case "subject":
        return textOrMissing(event.subject());
      case "time":
        return TextNode.valueOf(event.time().toString());
      case "tenant":
        return TextNode.valueOf(event.tenant());
      case "sequence":
        Long sequence = event.sequence();
        return sequence == null ? MissingNode.getInstance() : LongNode.valueOf(sequence);
      case "schema":
        SchemaRef schema = event.schema();
        return textOrMissing(schema == null ? null : schema.subject() + ":" + schema.version());
      case "contentType":
        return TextNode.valueOf(event.contentType());
      default:
        throw new IllegalStateException("not a field of the envelope: " + name);
    }
  }

  private static JsonNode textOrMissing(@Nullable String text) {
    return text == null ? MissingNode.getInstance() : TextNode.valueOf(text);
  }
}
