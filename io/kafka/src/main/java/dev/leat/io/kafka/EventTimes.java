package dev.leat.io.kafka;

import dev.leat.deadletter.RejectedException;
import dev.leat.event.Payload;
import dev.leat.ingest.EventMapper;
import dev.leat.ingest.PlainMapper;
import dev.leat.ingest.PlausibleTimes;
import dev.leat.ingest.RawRecord;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads event times from values, as they will be parsed. Not for several threads. */
final class EventTimes {
  private final @Nullable PlainMapper plain;
  private final EventMapper mapper;
  private final PlausibleTimes plausible;
  private final int maxRecordBytes;

  EventTimes(SourceSettings settings) {
    this.plain = PlainMapper.of(settings.mapping(), List.of()).orElse(null);
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
    PlainMapper fast = plain;
    if (fast != null && fast.read(value, 0, value.length, now)) {
      return ifPlausible(fast.time(), now);
    }
    try {
      return ifPlausible(
          mapper.map(RawRecord.of(Payload.takingOver(value), "", 0, 0), now).time(), now);
    } catch (RejectedException e) {
      // Whoever parses it after us makes the dead letter.
      return OptionalLong.empty();
    }
  }

  private OptionalLong ifPlausible(Instant time, Instant now) {
    return plausible.include(time, now)
        ? OptionalLong.of(time.toEpochMilli())
        : OptionalLong.empty();
  }
}
