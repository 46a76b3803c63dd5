package dev.leat.aggregate;

import dev.leat.block.EventBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteSpan;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.EventBytes;
import dev.leat.event.EventCodec;
import dev.leat.field.FieldRef;
import dev.leat.field.PlainJson;
import java.util.List;
import java.util.Optional;

/**
 * Writes what whole events of a block add, as {@link Aggregation#writeContribution} does, from
 * their bytes where these are plain.
 *
 * <p>Not for more than one thread.
 */
public final class PlainEventContribution {
  private final PlainJson json;
  private final PlainContribution contribution;

  private PlainEventContribution(List<FieldRef> places, Aggregation aggregation) {
    this.json = PlainJson.of(places);
    this.contribution = PlainContribution.of(aggregation, places::indexOf);
  }

  /** Empty if the aggregation needs more than plain payloads. */
  public static Optional<PlainEventContribution> of(Aggregation aggregation) {
    // Without a place nothing says that the payload is JSON at all.
    return PlainContribution.places(aggregation)
        .filter(places -> !places.isEmpty())
        .map(places -> new PlainEventContribution(places, aggregation));
  }

  /**
   * Writes what the event adds at which the cursor stands, and which is whole.
   *
   * @param out cleared before
   * @return whether it could; if not, {@code out} has something in it that is not to be used
   */
  public boolean write(EventBlock.Cursor cursor, ByteWriter out) {
    ByteReader event = cursor.encoded();
    if (!EventCodec.isBeforeJson(event)) {
      return false;
    }
    int length = event.skipBytes();
    return write(event.array(), event.position() - length, length, out);
  }

  /**
   * As {@link #write(EventBlock.Cursor, ByteWriter)}, of an event of which only the media type and
   * the payload need be there.
   */
  public boolean write(EventBytes event, ByteWriter out) {
    ByteSpan data = event.data();
    return EventCodec.isJson(event.contentType())
        && write(data.array(), data.offset(), data.length(), out);
  }

  private boolean write(byte[] payload, int from, int length, ByteWriter out) {
    out.clear();
    return json.read(payload, from, length) && contribution.write(json, out);
  }
}
