package dev.leat.ingest;

import com.google.auto.value.AutoValue;
import com.google.auto.value.extension.serializable.SerializableAutoValue;
import dev.leat.field.FieldRef;
import dev.leat.field.PayloadReader;
import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How plain records become events: which place of a record is the id, the time, the tenant and so
 * on.
 *
 * <pre>{@code
 * Mapping.of(Format.JSON, "wiki.edit", FieldRef.parse("/time"))
 *     .withId(FieldRef.parse("/uuid"))
 *     .withTenant("/channel")
 * }</pre>
 */
@SerializableAutoValue
@AutoValue
public abstract class Mapping implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a record is. */
  public enum Format {
    /** A JSON document. */
    JSON,
    /** A CSV record under a header. */
    CSV,
    /** A CSV record; columns are {@code /0}, {@code /1}, … */
    CSV_WITHOUT_HEADER,
    /** A line of text, read by the named groups of a pattern. */
    TEXT,
    /** A CloudEvents 1.0 event in JSON: it maps itself. */
    CLOUDEVENTS
  }

  public abstract Format format();

  /** The type of every event, or a pointer to it. */
  abstract String type();

  /** The source of every event, or a pointer to it. */
  abstract String source();

  /** The tenant of every event, or a pointer to it. */
  abstract String tenant();

  abstract Optional<FieldRef> id();

  abstract Optional<FieldRef> subject();

  abstract Optional<FieldRef> sequence();

  /** Where the event time stands; absent if records are CloudEvents. */
  public abstract Optional<FieldRef> time();

  /** How the event time is written. */
  public abstract TimeFormat timeFormat();

  abstract Optional<String> pattern();

  /** Which event times are believed; absent if all are. */
  public abstract Optional<PlausibleTimes> plausibleTimes();

  abstract Builder toBuilder();

  /**
   * Begins a mapping. By default the id is a hash of the payload, the source is the type, and the
   * one tenant is {@code default}.
   *
   * @param type the type of every event, or a pointer to it
   * @param time where the event time stands, a pointer
   * @throws IllegalArgumentException if the type is nothing, or the time is no pointer
   */
  public static Mapping of(Format format, String type, FieldRef time) {
    checked("type", type);
    checked("time", time);
    return new AutoValue_Mapping.Builder()
        .format(format)
        .type(type)
        .source(isPointer(type) ? "leat" : type)
        .tenant("default")
        .time(Optional.of(time))
        .timeFormat(TimeFormat.iso())
        .build();
  }

  /** For records that are CloudEvents in JSON, structured mode. */
  public static Mapping cloudEvents() {
    return new AutoValue_Mapping.Builder()
        .format(Format.CLOUDEVENTS)
        .type("")
        .source("")
        .tenant("default")
        .time(Optional.empty())
        .timeFormat(TimeFormat.iso())
        .build();
  }

  /** Where the id stands. Where it is missing, the id is a hash of the payload, as by default. */
  public final Mapping withId(FieldRef id) {
    return toBuilder().id(Optional.of(checked("id", id))).build();
  }

  /** The source of every event, or a pointer to it; a record that lacks it is a dead letter. */
  public final Mapping withSource(String source) {
    return toBuilder().source(checked("source", source)).build();
  }

  /** The tenant of every event, or a pointer to it; a record that lacks it is a dead letter. */
  public final Mapping withTenant(String tenant) {
    return toBuilder().tenant(checked("tenant", tenant)).build();
  }

  /** Where the subject stands; it may be missing. */
  public final Mapping withSubject(FieldRef subject) {
    return toBuilder().subject(Optional.of(checked("subject", subject))).build();
  }

  /** Where the producer's own consecutive number stands, an integer; it may be missing. */
  public final Mapping withSequence(FieldRef sequence) {
    return toBuilder().sequence(Optional.of(checked("sequence", sequence))).build();
  }

  /** How the time is written; by default ISO-8601. */
  public final Mapping withTimeFormat(TimeFormat format) {
    return toBuilder().timeFormat(format).build();
  }

  /**
   * For {@link Format#TEXT}: the pattern that a whole line must match; its named groups are the
   * fields.
   *
   * @throws IllegalArgumentException if it is not a pattern or has no named group
   */
  public final Mapping withPattern(String pattern) {
    PayloadReader.matching(Pattern.compile(pattern));
    return toBuilder().pattern(Optional.of(pattern)).build();
  }

  /**
   * Makes dead letters of events whose time is not to be believed: for live sources, whose
   * watermark follows the events. By default every time is believed.
   */
  public final Mapping withPlausibleTimes(PlausibleTimes times) {
    return toBuilder().plausibleTimes(Optional.of(times)).build();
  }

  /** Reads the payloads of the events that this mapping makes. */
  public final PayloadReader reader() {
    return pattern()
        .map(pattern -> PayloadReader.matching(Pattern.compile(pattern)))
        .orElseGet(PayloadReader::plain);
  }

  static boolean isPointer(String text) {
    return text.startsWith("/");
  }

  /** A record has no envelope yet, so that only its payload can be pointed at. */
  private static FieldRef checked(String name, FieldRef place) {
    if (!place.isInPayload()) {
      throw new IllegalArgumentException(
          name + ": expected a pointer into the record such as /" + name + ", got '" + place + "'");
    }
    return place;
  }

  private static String checked(String name, String value) {
    if (isPointer(value)) {
      FieldRef.parse(value);
    } else if (value.isEmpty()) {
      throw new IllegalArgumentException(name + ": expected a name or a pointer, got nothing");
    }
    return value;
  }

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder format(Format format);

    abstract Builder type(String type);

    abstract Builder source(String source);

    abstract Builder tenant(String tenant);

    abstract Builder id(Optional<FieldRef> id);

    abstract Builder subject(Optional<FieldRef> subject);

    abstract Builder sequence(Optional<FieldRef> sequence);

    abstract Builder time(Optional<FieldRef> time);

    abstract Builder timeFormat(TimeFormat format);

    abstract Builder pattern(Optional<String> pattern);

    abstract Builder plausibleTimes(Optional<PlausibleTimes> times);

    abstract Mapping build();
  }
}
