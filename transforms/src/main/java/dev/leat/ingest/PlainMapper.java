package dev.leat.ingest;

import com.google.common.hash.Hashing;
import dev.leat.block.Fingerprint;
import dev.leat.field.FieldRef;
import dev.leat.field.PlainJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Maps plain JSON records as {@link EventMapper} does, from their bytes and without an event: what
 * the envelope would be is known afterwards. Records that are not {@link PlainJson plain}, and
 * those that would be no events, it leaves to {@link EventMapper}.
 *
 * <p>Not for more than one thread.
 */
public final class PlainMapper {
  private static final int NONE = -1;

  private final Mapping mapping;
  private final PlainJson json;
  private final List<FieldRef> places;
  private final int id;
  private final int time;
  private final int subject;
  private final int sequence;
  private final Text source;
  private final Text type;
  private final Text tenant;
  private Instant eventTime = Instant.EPOCH;
  private int from;
  private int length;

  /** A part of the envelope that every event has: the same for all, or at a place. */
  private record Text(String literal, int place) {}

  private PlainMapper(Mapping mapping, List<FieldRef> further) {
    this.mapping = mapping;
    this.places = new ArrayList<>();
    this.id = number(mapping.id());
    this.time = number(mapping.time());
    this.subject = number(mapping.subject());
    this.sequence = number(mapping.sequence());
    this.source = text(mapping.source());
    this.type = text(mapping.type());
    this.tenant = text(mapping.tenant());
    further.forEach(field -> number(Optional.of(field)));
    this.json = PlainJson.of(places);
  }

  /**
   * @param further places in the payload to be read as well
   * @return empty if records of this mapping are never plain JSON
   */
  public static Optional<PlainMapper> of(Mapping mapping, List<FieldRef> further) {
    return mapping.format() == Mapping.Format.JSON
            && further.stream().allMatch(FieldRef::isInPayload)
        ? Optional.of(new PlainMapper(mapping, further))
        : Optional.empty();
  }

  /** The number that a place has in {@link #payload}, if it is read. */
  public int placeOf(FieldRef field) {
    int place = places.indexOf(field);
    if (place < 0) {
      throw new IllegalArgumentException("not read: " + field);
    }
    return place;
  }

  /**
   * Reads a record.
   *
   * @return whether the record is plain and an event
   */
  public boolean read(byte[] record, int from, int length, Instant ingestTime) {
    if (!json.read(record, from, length)
        || !isText(source)
        || !isText(type)
        || !isText(tenant)
        || !isTextOrAbsent(id)
        || !isTextOrAbsent(subject)
        || !isSequenceOrAbsent()) {
      return false;
    }
    Instant read = mapping.timeFormat().readPlain(json, time);
    if (read == null
        || mapping.plausibleTimes().isPresent()
            && !mapping.plausibleTimes().get().include(read, ingestTime)) {
      return false;
    }
    this.eventTime = read;
    this.from = from;
    this.length = length;
    return true;
  }

  public Instant time() {
    return eventTime;
  }

  public PlainJson payload() {
    return json;
  }

  public void fingerprint(Fingerprint into) {
    String source = value(this.source);
    if (hasId()) {
      into.identity(source, json.bytes(), json.from(id), json.to(id) - json.from(id));
    } else {
      into.identity(source, hashOfPayload());
    }
    into.content(eventTime, value(type), json.bytes(), from, length);
  }

  private boolean hasId() {
    return id != NONE && json.kind(id) == PlainJson.Kind.TEXT && json.to(id) > json.from(id);
  }

  private String hashOfPayload() {
    return EventMapper.shortened(Hashing.sha256().hashBytes(json.bytes(), from, length));
  }

  private String value(Text text) {
    return text.place == NONE ? text.literal : json.text(text.place);
  }

  private boolean isText(Text text) {
    return text.place == NONE || json.kind(text.place) == PlainJson.Kind.TEXT;
  }

  private boolean isTextOrAbsent(int place) {
    return place == NONE
        || json.kind(place) == PlainJson.Kind.TEXT
        || json.kind(place) == PlainJson.Kind.MISSING
        || json.kind(place) == PlainJson.Kind.NULL;
  }

  private boolean isSequenceOrAbsent() {
    return sequence == NONE
        || json.kind(sequence) == PlainJson.Kind.MISSING
        || json.kind(sequence) == PlainJson.Kind.NULL
        || json.kind(sequence) == PlainJson.Kind.INTEGER
            && json.to(sequence) - json.from(sequence) <= 18;
  }

  private Text text(String literalOrPointer) {
    return Mapping.isPointer(literalOrPointer)
        ? new Text("", number(Optional.of(FieldRef.parse(literalOrPointer))))
        : new Text(literalOrPointer, NONE);
  }

  private int number(Optional<FieldRef> field) {
    if (field.isEmpty()) {
      return NONE;
    }
    int known = places.indexOf(field.get());
    if (known >= 0) {
      return known;
    }
    places.add(field.get());
    return places.size() - 1;
  }
}
