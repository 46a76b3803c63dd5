package dev.leat.ingest;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import dev.leat.deadletter.Reason;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.CloudEventsJson;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.MalformedPayloadException;
import dev.leat.event.Payload;
import dev.leat.field.EventView;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import dev.leat.field.Values;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes an event of a raw record, by a {@link Mapping}. Pure, but for the ingest time it is given.
 */
public final class EventMapper {
  private final Mapping mapping;
  private final PayloadReader reader;

  public EventMapper(Mapping mapping) {
    this.mapping = mapping;
    this.reader = mapping.reader();
  }

  /**
   * The event that the record is.
   *
   * @throws RejectedException if it is none
   */
  public Event map(RawRecord record, Instant ingestTime) {
    return view(record, ingestTime).event();
  }

  /** The same, with the payload as it was parsed, if it was. */
  public EventView view(RawRecord record, Instant ingestTime) {
    EventView view = read(record, ingestTime);
    Instant time = view.event().time();
    mapping.plausibleTimes().ifPresent(times -> times.check(time, ingestTime));
    return view;
  }

  /**
   * When the event of a record is, whatever else the record lacks. Not for CloudEvents.
   *
   * @param json a JSON document
   * @throws RejectedException if it does not tell, or not as the mapping says
   */
  public Instant timeOf(Payload json) {
    FieldRef time = mapping.time().orElseThrow();
    Event.Builder event = Event.builder().contentType(PayloadReader.JSON).data(json);
    return mapping.timeFormat().read(unnamed(event).at(time), time);
  }

  private EventView read(RawRecord record, Instant ingestTime) {
    String problem = record.problem();
    if (problem != null) {
      throw new RejectedException(Reason.UNREADABLE, problem);
    }
    Lineage lineage = Lineage.of(ingestTime, record.origin(), record.partition(), record.offset());
    if (mapping.format() == Mapping.Format.CLOUDEVENTS) {
      return new EventView(cloudEvent(record, lineage), reader);
    }
    Event.Builder event = Event.builder().ingest(lineage);
    String header = record.header();
    switch (mapping.format()) {
      case CSV:
        event
            .contentType(PayloadReader.CSV_WITH_HEADER)
            .data(withHeader(header == null ? "" : header, record.data()));
        break;
      case CSV_WITHOUT_HEADER:
        event.contentType(PayloadReader.CSV_WITHOUT_HEADER).data(record.data());
        break;
      case TEXT:
        event.contentType(PayloadReader.PLAIN_TEXT).data(record.data());
        break;
      default:
        event.contentType(PayloadReader.JSON).data(record.data());
    }
    return fill(event, record.data());
  }

  private EventView fill(Event.Builder builder, Payload data) {
    EventView view = unnamed(builder);
    FieldRef time = mapping.time().orElseThrow();
    builder
        .type(literalOrField("type", mapping.type(), view))
        .source(literalOrField("source", mapping.source(), view))
        .tenant(literalOrField("tenant", mapping.tenant(), view))
        .time(mapping.timeFormat().read(view.at(time), time))
        .subject(optional(mapping.subject(), view))
        .sequence(sequence(view));
    String id = optional(mapping.id(), view);
    return view.withEnvelope(builder.id(id == null || id.isEmpty() ? hashOf(data) : id).build());
  }

  /** The envelope's fields are not known yet; pointers only look at the payload. */
  private EventView unnamed(Event.Builder builder) {
    return new EventView(builder.id("").source("").type("").time(Instant.EPOCH).build(), reader);
  }

  private Event cloudEvent(RawRecord record, Lineage lineage) {
    try {
      return CloudEventsJson.read(record.data().toByteArray()).toBuilder().ingest(lineage).build();
    } catch (MalformedPayloadException e) {
      throw new RejectedException(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static String literalOrField(String name, String text, EventView view) {
    if (!Mapping.isPointer(text)) {
      return text;
    }
    FieldRef field = FieldRef.parse(text);
    String value = Values.text(view.at(field), field);
    if (value == null) {
      throw new RejectedException(Reason.MISSING_FIELD, field + ": the " + name + " is missing");
    }
    return value;
  }

  private static @Nullable String optional(Optional<FieldRef> field, EventView view) {
    return field.isEmpty() ? null : Values.text(view.at(field.get()), field.get());
  }

  private @Nullable Long sequence(EventView view) {
    if (mapping.sequence().isEmpty()) {
      return null;
    }
    FieldRef field = mapping.sequence().get();
    BigDecimal number = Values.number(view.at(field), field);
    try {
      return number == null ? null : number.longValueExact();
    } catch (ArithmeticException e) {
      throw new RejectedException(
          Reason.INVALID_VALUE, field + ": expected an integer of 64 bits for the sequence");
    }
  }

  /** 128 bits of SHA-256 in hex: the same payload gives the same id, wherever it is read. */
  private static String hashOf(Payload data) {
    return shortened(Hashing.sha256().hashBytes(data.toByteArray()));
  }

  static String shortened(HashCode hash) {
    return hash.toString().substring(0, 32);
  }

  private static Payload withHeader(String header, Payload record) {
    byte[] head = (header + "\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] body = record.toByteArray();
    byte[] both = java.util.Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, both, head.length, body.length);
    return Payload.takingOver(both);
  }
}
