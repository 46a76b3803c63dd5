package dev.leat.event;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.value.AutoValue;
import java.time.Instant;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened: a <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0</a>
 * event with a place of origin.
 *
 * <p>{@code (source, id)} is unique: a copy with the same pair is a repeat, and carries the same
 * time and payload. All windows are on {@link #time()}.
 */
@AutoValue
@DefaultCoder(EventCoder.class)
public abstract class Event {

  /** Unique within {@link #source()}. */
  public abstract String id();

  /** Who produced the event. */
  public abstract String source();

  /** What happened, for example {@code order.placed}. */
  public abstract String type();

  /** To what it happened. */
  public abstract @Nullable String subject();

  /** Event time, UTC, to the nanosecond. */
  public abstract Instant time();

  /** The stable partition key. */
  public abstract String tenant();

  /** The producer's own consecutive number within {@link #source()}. */
  public abstract @Nullable Long sequence();

  /** The schema of {@link #data()}. */
  public abstract @Nullable SchemaRef schema();

  /** The media type of {@link #data()}, for example {@code application/json}. */
  public abstract String contentType();

  /** The payload's bytes, untouched. */
  public abstract Payload data();

  /** Where Leat took the event; absent before ingest. */
  public abstract @Nullable Lineage ingest();

  /**
   * Fields that transforms derived: expressions and looked-up rows, by name. Treat it as immutable;
   * {@link Builder#derived(String, com.fasterxml.jackson.databind.JsonNode)} adds to a copy.
   */
  public abstract ObjectNode derived();

  public abstract Builder toBuilder();

  public static Builder builder() {
    return new AutoValue_Event.Builder()
        .tenant("")
        .contentType("application/json")
        .data(Payload.empty())
        .derived(JsonNodeFactory.instance.objectNode());
  }

  /** Event time as Beam has it: milliseconds, rounded down. */
  public final org.joda.time.Instant timestamp() {
    return org.joda.time.Instant.ofEpochMilli(time().toEpochMilli());
  }

  /** Identity and time only: payloads stay out of logs. */
  @Override
  public final String toString() {
    return "Event[" + source() + " " + id() + " " + type() + " at " + time() + "]";
  }

  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder id(String id);

    public abstract Builder source(String source);

    public abstract Builder type(String type);

    public abstract Builder subject(@Nullable String subject);

    public abstract Builder time(Instant time);

    public abstract Builder tenant(String tenant);

    public abstract Builder sequence(@Nullable Long sequence);

    public abstract Builder schema(@Nullable SchemaRef schema);

    public abstract Builder contentType(String contentType);

    public abstract Builder data(Payload data);

    public abstract Builder ingest(@Nullable Lineage ingest);

    public abstract Builder derived(ObjectNode derived);

    abstract ObjectNode derived();

    /**
     * Adds a derived field, in {@link Json#normal normal} form, or replaces the one of that name.
     */
    public final Builder derived(String name, com.fasterxml.jackson.databind.JsonNode value) {
      ObjectNode copy = derived().objectNode();
      copy.setAll(derived());
      copy.set(name, Json.normal(value));
      return derived(copy);
    }

    public abstract Event build();
  }
}
