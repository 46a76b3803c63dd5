package dev.leat.testing.benchmarks.loops;

import dev.leat.event.Event;
import dev.leat.event.Payload;
import dev.leat.field.FieldRef;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.RawRecord;
import dev.leat.testing.benchmarks.flights.FlightLines;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The flights as records and as events, as the benchmarks' workflow maps them. */
public final class FlightEvents {
  /** How many an operation takes. */
  public static final int COUNT = 100_000;

  public static final Mapping MAPPING =
      Mapping.of(Mapping.Format.JSON, "flight.departed", FieldRef.parse("/time"))
          .withSource("flights")
          .withTenant("/origin")
          .withId(FieldRef.parse("/id"));

  static final Instant NOW = Instant.parse("2001-06-01T00:00:00Z");

  private FlightEvents() {}

  static List<RawRecord> records() {
    List<RawRecord> records = new ArrayList<>(COUNT);
    for (byte[] line : FlightLines.of(COUNT)) {
      records.add(RawRecord.of(Payload.takingOver(line), "file:///flights", 0, records.size()));
    }
    return records;
  }

  public static List<Event> events() {
    EventMapper mapper = new EventMapper(MAPPING);
    return records().stream().map(record -> mapper.map(record, NOW)).toList();
  }
}
