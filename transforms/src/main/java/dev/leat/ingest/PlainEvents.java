package dev.leat.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.block.RecordBlock;
import dev.leat.event.EventBytes;
import dev.leat.field.PayloadReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of plain JSON records from bytes to bytes: the same as {@link EventMapper} makes,
 * without an object for each. Not for more than one thread.
 */
final class PlainEvents {
  private static final byte[] JSON = PayloadReader.JSON.getBytes(UTF_8);

  private final PlainMapper mapper;
  private final EventBytes event = new EventBytes();
  private String origin = "";

  private PlainEvents(PlainMapper mapper) {
    this.mapper = mapper;
    event.contentType().set(JSON, 0, JSON.length);
    event.origin().setText(origin);
  }

  /** Empty if records of this mapping are never plain JSON. */
  static Optional<PlainEvents> of(Mapping mapping) {
    return PlainMapper.of(mapping, List.of()).map(PlainEvents::new);
  }

  /**
   * The event that the record is at which the cursor stands: the same object each time, and holds
   * until the next.
   *
   * @return null if it could not tell; the record may be anything
   */
  @Nullable EventBytes read(RecordBlock block, RecordBlock.Cursor record, Instant ingestTime) {
    if (record.problem() != null
        || !mapper.read(record.bytes(), record.from(), record.length(), ingestTime)) {
      return null;
    }
    if (!origin.equals(block.origin())) {
      origin = block.origin();
      event.origin().setText(origin);
    }
    event.clearOptional();
    mapper.fill(event);
    event.data().set(record.bytes(), record.from(), record.length());
    event.ingest(
        ingestTime.getEpochSecond(), ingestTime.getNano(), block.partition(), record.offset());
    return event;
  }
}
