package dev.leat.io.lake;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteSpan;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import dev.leat.event.EventBytes;
import java.util.List;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * Events of one partition on their way to its file: the columns of {@link RawEvents}, each written
 * only where it is another than the event's before. Less than half of what an {@link
 * dev.leat.block.EventBlock} of them takes, since most have their source, type, media type and
 * origin in common, and nobody asks for their hashes. Derived fields are not stored, and left out.
 */
@DefaultCoder(RawBlock.RawBlockCoder.class)
final class RawBlock {
  private static final int MAX_EVENTS = 512;
  private static final int MAX_BYTES = 1 << 20;
  private static final int FIRST_BYTES = 256;

  private static final int SOURCE = 1;
  private static final int TYPE = 1 << 1;
  private static final int TENANT = 1 << 2;
  private static final int CONTENT_TYPE = 1 << 3;
  private static final int ORIGIN = 1 << 4;
  private static final int INGEST = 1 << 5;
  private static final int HAS_INGEST = 1 << 6;
  // From here on a mask takes a second byte.
  private static final int SUBJECT = 1 << 7;
  private static final int NANOS = 1 << 8;
  private static final int HAS_SEQUENCE = 1 << 9;
  private static final int HAS_SCHEMA = 1 << 10;
  private static final int SCHEMA = 1 << 11;

  private final int count;
  private final ByteReader events;

  /**
   * @param events stays where it is: each cursor has a copy
   */
  private RawBlock(int count, ByteReader events) {
    this.count = count;
    this.events = events;
  }

  /** Number of events. */
  int count() {
    return count;
  }

  /** In bytes, about. */
  int size() {
    return events.remaining();
  }

  /** Walks the events from the first to the last. */
  Cursor cursor() {
    return new Cursor(events.copy());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawBlock block && events.asBuffer().equals(block.events.asBuffer());
  }

  @Override
  public int hashCode() {
    return events.asBuffer().hashCode();
  }

  @Override
  public String toString() {
    return "RawBlock[" + count + " events, " + size() + " bytes]";
  }

  /** Fills one event after another. */
  static final class Cursor {
    private final ByteReader in;
    private final EventBytes event = new EventBytes();
    private long ingestSeconds;
    private int ingestNanos;
    private int partition;
    private long offset;

    private Cursor(ByteReader in) {
      this.in = in;
    }

    boolean hasNext() {
      return in.hasMore();
    }

    /** The same object each time; what did not change is the same piece of the same array. */
    EventBytes next() {
      int mask = (int) in.readVarint();
      event.clearOptional();
      in.readBytes(event.id());
      long seconds = event.seconds() + in.readSignedVarint();
      event.time(seconds, has(mask, NANOS) ? (int) in.readVarint() : 0);
      in.readBytes(event.data());
      readIf(has(mask, SOURCE), event.source());
      readIf(has(mask, TYPE), event.type());
      readIf(has(mask, TENANT), event.tenant());
      readIf(has(mask, CONTENT_TYPE), event.contentType());
      if (has(mask, SUBJECT)) {
        in.readNullableBytes(event.subject());
      }
      if (has(mask, HAS_SEQUENCE)) {
        event.sequence(in.readSignedVarint());
      }
      readIf(has(mask, SCHEMA), event.schemaSubject());
      if (has(mask, HAS_SCHEMA)) {
        event.schemaVersion((int) in.readVarint());
      }
      readIf(has(mask, ORIGIN), event.origin());
      if (has(mask, INGEST)) {
        ingestSeconds += in.readSignedVarint();
        ingestNanos = (int) in.readVarint();
        partition += (int) in.readSignedVarint();
      }
      if (has(mask, HAS_INGEST)) {
        offset += in.readSignedVarint();
        event.ingest(ingestSeconds, ingestNanos, partition, offset);
      }
      return event;
    }

    private static boolean has(int mask, int bit) {
      return (mask & bit) != 0;
    }

    private void readIf(boolean changed, ByteSpan span) {
      if (changed) {
        in.readBytes(span);
      }
    }
  }

  /** Collects events into a block; may be used again after {@link #build()}. */
  static final class Builder {
    private final ByteWriter out = new ByteWriter(FIRST_BYTES);
    private int count;

    // What the last event had, as places in what is written: no array of another is held on to.
    private final Written source = new Written();
    private final Written type = new Written();
    private final Written subject = new Written();
    private final Written tenant = new Written();
    private final Written contentType = new Written();
    private final Written schemaSubject = new Written();
    private final Written origin = new Written();
    private final List<Written> all =
        List.of(source, type, subject, tenant, contentType, schemaSubject, origin);
    private long seconds;
    private long ingestSeconds;
    private int ingestNanos;
    private int partition;
    private long offset;

    Builder add(EventBytes event) {
      boolean sameIngest =
          !event.hasIngest()
              || (event.ingestSeconds() == ingestSeconds
                  && event.ingestNanos() == ingestNanos
                  && event.partition() == partition);
      int mask =
          bit(source.isNot(event.source(), out), SOURCE)
              | bit(type.isNot(event.type(), out), TYPE)
              | bit(tenant.isNot(event.tenant(), out), TENANT)
              | bit(contentType.isNot(event.contentType(), out), CONTENT_TYPE)
              | bit(event.hasIngest() && origin.isNot(event.origin(), out), ORIGIN)
              | bit(!sameIngest, INGEST)
              | bit(event.hasIngest(), HAS_INGEST)
              | bit(subject.isNot(event.subject(), out), SUBJECT)
              | bit(event.nanos() != 0, NANOS)
              | bit(event.hasSequence(), HAS_SEQUENCE)
              | bit(event.hasSchema(), HAS_SCHEMA)
              | bit(event.hasSchema() && schemaSubject.isNot(event.schemaSubject(), out), SCHEMA);
      out.writeVarint(mask).writeBytes(event.id());
      out.writeSignedVarint(event.seconds() - seconds);
      seconds = event.seconds();
      if ((mask & NANOS) != 0) {
        out.writeVarint(event.nanos());
      }
      out.writeBytes(event.data());
      source.writeIf((mask & SOURCE) != 0, event.source(), out);
      type.writeIf((mask & TYPE) != 0, event.type(), out);
      tenant.writeIf((mask & TENANT) != 0, event.tenant(), out);
      contentType.writeIf((mask & CONTENT_TYPE) != 0, event.contentType(), out);
      if ((mask & SUBJECT) != 0) {
        subject.writeNullable(event.subject(), out);
      }
      if (event.hasSequence()) {
        out.writeSignedVarint(event.sequence());
      }
      schemaSubject.writeIf((mask & SCHEMA) != 0, event.schemaSubject(), out);
      if (event.hasSchema()) {
        out.writeVarint(event.schemaVersion());
      }
      origin.writeIf((mask & ORIGIN) != 0, event.origin(), out);
      writeLineage(event, sameIngest);
      count++;
      return this;
    }

    private void writeLineage(EventBytes event, boolean sameIngest) {
      if (!sameIngest) {
        out.writeSignedVarint(event.ingestSeconds() - ingestSeconds);
        out.writeVarint(event.ingestNanos());
        out.writeSignedVarint((long) event.partition() - partition);
        ingestSeconds = event.ingestSeconds();
        ingestNanos = event.ingestNanos();
        partition = event.partition();
      }
      if (event.hasIngest()) {
        out.writeSignedVarint(event.offset() - offset);
        offset = event.offset();
      }
    }

    private static int bit(boolean set, int bit) {
      return set ? bit : 0;
    }

    boolean isEmpty() {
      return count == 0;
    }

    boolean isFull() {
      return count >= MAX_EVENTS || out.size() >= MAX_BYTES;
    }

    /** The events added since the last build. Keeps no buffer: there can be many builders. */
    RawBlock build() {
      RawBlock block = new RawBlock(count, out.detach());
      count = 0;
      all.forEach(Written::forget);
      seconds = 0;
      ingestSeconds = 0;
      ingestNanos = 0;
      partition = 0;
      offset = 0;
      return block;
    }
  }

  /** A text that was written, by its place. A block begins with all of them absent. */
  private static final class Written {
    private final ByteSpan last = new ByteSpan();

    void forget() {
      last.clear();
    }

    boolean isNot(ByteSpan span, ByteWriter out) {
      if (last.isPresent()) {
        last.set(out.array(), last.offset(), last.length());
      }
      return !last.hasBytesOf(span);
    }

    void writeIf(boolean changed, ByteSpan span, ByteWriter out) {
      if (changed) {
        out.writeBytes(span);
        last.set(out.array(), out.size() - span.length(), span.length());
      }
    }

    void writeNullable(ByteSpan span, ByteWriter out) {
      out.writeNullableBytes(span);
      if (span.isPresent()) {
        last.set(out.array(), out.size() - span.length(), span.length());
      } else {
        last.clear();
      }
    }
  }

  /** Encodes a {@link RawBlock}. */
  static final class RawBlockCoder extends CodecCoder<RawBlock> {
    private static final long serialVersionUID = 1L;
    private static final RawBlockCoder INSTANCE = new RawBlockCoder();

    private RawBlockCoder() {}

    static RawBlockCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(RawBlock block, ByteWriter out) {
      out.writeVarint(block.count);
    }

    @Override
    protected ByteReader restOf(RawBlock block) {
      return block.events;
    }

    @Override
    protected RawBlock read(ByteReader in) {
      return new RawBlock((int) in.readVarint(), in.rest());
    }
  }
}
