package dev.leat;

import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Small events for tests. Their times are seconds after {@link #START}, an hour of a day. */
public final class SampleEvents {
  public static final Instant START = Instant.parse("2015-09-12T13:00:00Z");

  private SampleEvents() {}

  /** An edit with an id, {@code second} seconds after the start, of a JSON payload. */
  public static Event event(String id, long second, String json) {
    return Event.builder()
        .id(id)
        .source("wiki")
        .type("edit")
        .tenant("en")
        .time(START.plusSeconds(second))
        .data(Payload.utf8(json))
        .ingest(Lineage.of(START, "file:///a", 3, 7))
        .build();
  }

  public static org.joda.time.Instant at(long second) {
    return org.joda.time.Instant.ofEpochMilli(START.plusSeconds(second).toEpochMilli());
  }

  public static List<TimestampedValue<Event>> stamped(List<Event> events) {
    List<TimestampedValue<Event>> stamped = new ArrayList<>();
    events.forEach(event -> stamped.add(TimestampedValue.of(event, event.timestamp())));
    return stamped;
  }

  /**
   * Dead letters as {@code reason|detail|step|bytes|origin partition:offset}, without the clock.
   */
  public static PCollection<String> told(PCollection<DeadLetter> deadLetters) {
    return deadLetters.apply(
        "Told " + deadLetters.getName(),
        MapElements.into(TypeDescriptors.strings()).via(SampleEvents::tell));
  }

  private static String tell(DeadLetter letter) {
    Lineage ingest = letter.ingest();
    return String.join(
        "|",
        letter.reason().code(),
        letter.detail(),
        letter.step(),
        letter.data().toUtf8(),
        ingest == null
            ? "nowhere"
            : ingest.origin() + " " + ingest.partition() + ":" + ingest.offset());
  }
}
