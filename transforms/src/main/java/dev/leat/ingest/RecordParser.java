package dev.leat.ingest;

import dev.leat.block.RecordBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.RejectedException;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.EventCodec;
import dev.leat.health.Counters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.jspecify.annotations.Nullable;

/**
 * Turns blocks of records into events by a {@link Mapping}, as {@link ParseEvents} does, and counts
 * them. For steps that make something else of events at once; not for more than one thread.
 */
public final class RecordParser {
  private static final Counter READ = Counters.counter(Counters.READ);
  private static final Counter REFUSED = Counters.counter(Counters.DEAD_LETTERS);

  private final EventMapper mapper;
  private final @Nullable PlainEvents plain;
  private final EventBytes event = new EventBytes();
  private final ByteWriter encoded = new ByteWriter();

  public RecordParser(Mapping mapping) {
    this.mapper = new EventMapper(mapping);
    this.plain = PlainEvents.of(mapping).orElse(null);
  }

  /**
   * Gives each record out as an event or a dead letter, with the current time as its time of
   * ingest.
   *
   * @param events gets events that hold until the next
   */
  public void parse(
      RecordBlock records, Consumer<EventBytes> events, Consumer<DeadLetter> deadLetters) {
    READ.inc(records.count());
    Instant now = now();
    RecordBlock.Cursor cursor = records.cursor();
    while (cursor.hasNext()) {
      cursor.next();
      EventBytes fast = plain == null ? null : plain.read(records, cursor, now);
      if (fast != null) {
        events.accept(fast);
        continue;
      }
      Event mapped = map(mapper, cursor.record(), now, deadLetters);
      if (mapped != null) {
        encoded.clear();
        EventCodec.write(mapped, encoded);
        events.accept(event.read(new ByteReader(encoded.array(), 0, encoded.size())));
      }
    }
  }

  static @Nullable Event map(
      EventMapper mapper, RawRecord record, Instant now, Consumer<DeadLetter> deadLetters) {
    try {
      return mapper.map(record, now);
    } catch (RejectedException e) {
      REFUSED.inc();
      deadLetters.accept(record.refused(e, now));
      return null;
    }
  }

  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }
}
