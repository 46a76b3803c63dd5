package dev.leat.ingest;

import com.google.auto.value.AutoValue;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import java.time.Instant;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.jspecify.annotations.Nullable;

/** Bytes that are not yet an event, and where they came from. */
@AutoValue
@DefaultCoder(RawRecordCoder.class)
public abstract class RawRecord {
  public abstract Payload data();

  /** The file or topic, as a URI without credentials. */
  public abstract String origin();

  /** The partition within the origin; 0 where there are none. */
  public abstract int partition();

  /** The offset in the partition; for files the line, or for JSON arrays the element, from 1. */
  public abstract long offset();

  /** For CSV with a header: the header record's bytes, as text. */
  public abstract @Nullable String header();

  /**
   * Set by a source that could not read the record whole, for example {@code longer than 16777216
   * bytes}: the record becomes a dead letter with this as its detail.
   */
  public abstract @Nullable String problem();

  /** How often the record was replayed after it was a dead letter; 0 for one that never was. */
  public abstract int attempt();

  public abstract Builder toBuilder();

  public static Builder builder() {
    return new AutoValue_RawRecord.Builder().partition(0).attempt(0);
  }

  /** A record without a header or a problem. */
  public static RawRecord of(Payload data, String origin, int partition, long offset) {
    return builder().data(data).origin(origin).partition(partition).offset(offset).build();
  }

  /** What it becomes where it is no event. */
  public final DeadLetter refused(RejectedException why, Instant ingestTime) {
    return DeadLetter.of(
            data(),
            why.reason(),
            why.detail(),
            ParseEvents.STEP,
            Lineage.of(ingestTime, origin(), partition(), offset()))
        .withAttempt(attempt());
  }

  @Override
  public final String toString() {
    return "RawRecord["
        + origin()
        + " "
        + partition()
        + ":"
        + offset()
        + ", "
        + data().size()
        + " bytes]";
  }

  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder data(Payload data);

    public abstract Builder origin(String origin);

    public abstract Builder partition(int partition);

    public abstract Builder offset(long offset);

    public abstract Builder header(@Nullable String header);

    public abstract Builder problem(@Nullable String problem);

    public abstract Builder attempt(int attempt);

    public abstract RawRecord build();
  }
}
