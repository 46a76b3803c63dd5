package dev.leat.deadletter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.auto.value.AutoValue;
import dev.leat.event.Event;
import dev.leat.event.Json;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import java.nio.charset.StandardCharsets;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be used, whole, with the reason: it can be replayed once the cause is
 * fixed.
 */
@AutoValue
@DefaultCoder(DeadLetterCoder.class)
public abstract class DeadLetter {
  /** The raw bytes, as they came. */
  public abstract Payload data();

  /** What kind of fault it is; group by this. */
  public abstract Reason reason();

  /** The fault in one line, with the place and without the payload. */
  public abstract String detail();

  /** The step that refused the record. */
  public abstract String step();

  /** Where the record came from; absent for events that never had a lineage. */
  public abstract @Nullable Lineage ingest();

  /** How often the record was replayed before it became this dead letter. */
  public abstract int attempt();

  public static DeadLetter of(
      Payload data, Reason reason, String detail, String step, @Nullable Lineage ingest) {
    return new AutoValue_DeadLetter(data, reason, detail, step, ingest, 0);
  }

  /** The same after so many replays. */
  public final DeadLetter withAttempt(int attempt) {
    return new AutoValue_DeadLetter(data(), reason(), detail(), step(), ingest(), attempt);
  }

  public static DeadLetter of(Event event, RejectedException fault, String step) {
    return of(event.data(), fault.reason(), fault.detail(), step, event.ingest());
  }

  /**
   * The same as Beam's own dead letter, for its {@link
   * org.apache.beam.sdk.transforms.errorhandling.ErrorHandler}: the bytes are the encoded record,
   * the origin is the readable record, the reason the exception and the step the description.
   */
  public final BadRecord toBadRecord() {
    ObjectNode origin = Json.object();
    Lineage lineage = ingest();
    if (lineage != null) {
      origin
          .put("origin", lineage.origin())
          .put("partition", lineage.partition())
          .put("offset", lineage.offset());
    }
    return BadRecord.builder()
        .setRecord(
            BadRecord.Record.builder()
                .setHumanReadableJsonRecord(new String(Json.write(origin), StandardCharsets.UTF_8))
                .setEncodedRecord(data().toByteArray())
                .build())
        .setFailure(
            BadRecord.Failure.builder()
                .setException(reason().code() + ": " + detail())
                .setDescription(step())
                .build())
        .build();
  }

  @Override
  public final String toString() {
    return "DeadLetter[" + reason().code() + ": " + detail() + " at " + step() + "]";
  }
}
