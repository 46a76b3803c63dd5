package dev.leat.io.kafka;

import dev.leat.deadletter.RejectedException;
import dev.leat.event.Payload;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.PlausibleTimes;
import dev.leat.ingest.RawRecord;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads event times from values, as they will be parsed. Not for several threads. */
final class EventTimes {
  private final EventMapper mapper;
  private final PlausibleTimes plausible;
  private final int maxRecordBytes;

  EventTimes(SourceSettings settings) {
    this.mapper = new EventMapper(settings.mapping());
    this.plausible = settings.plausibleTimes();
    this.maxRecordBytes = settings.maxRecordBytes();
  }

  /** In epoch milliseconds; empty for what is no event, or has a time that is not plausible. */
  OptionalLong of(byte @Nullable [] value) {
    if (value == null || value.length > maxRecordBytes) {
      return OptionalLong.empty();
    }
    Instant now = Instant.now();
    try {
      Instant time = mapper.map(RawRecord.of(Payload.takingOver(value), "", 0, 0), now).time();
      return plausible.include(time, now)
          ? OptionalLong.of(time.toEpochMilli())
          : OptionalLong.empty();
    } catch (RejectedException e) {
      // Whoever parses it after us makes the dead letter.
      return OptionalLong.empty();
    }
  }
}
