package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.EventCodec;
import java.time.Instant;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;

/**
 * Up to {@value #MAX_RECORDS} events, encoded together. Beside each event stand what routing and
 * repeat-dropping need, so that they need not decode it: the hash of its identity, a digest of its
 * content, its event time. Immutable.
 *
 * <p>Of an event that has nothing to do any more but to be added up there is, in place of the
 * event, what it adds: it is <em>reduced</em>. Only the compiler of workflows has events reduced,
 * where no step needs them whole.
 */
@DefaultCoder(EventBlockCoder.class)
public final class EventBlock implements Iterable<Event> {
  /** A builder is full at this many events… */
  public static final int MAX_RECORDS = 512;

  /** …or at this many bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int FIRST_BYTES = 1 << 10;

  private static final int WHOLE = 0;
  private static final int REDUCED = 1;
  private static final int LETTER = 2;

  private static final long LETTER_MILLIS = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final int count;
  private final long minMillis;
  private final ByteReader events;

  /**
   * @param events stays where it is: each cursor has a copy
   */
  EventBlock(int count, long minMillis, ByteReader events) {
    this.count = count;
    this.minMillis = minMillis;
    this.events = events;
  }

  public static EventBlock of(Iterable<Event> events) {
    Builder builder = new Builder();
    events.forEach(builder::add);
    return builder.build();
  }

  /** Number of events. */
  public int count() {
    return count;
  }

  /**
   * The earliest event time in the block, epoch milliseconds: the timestamp the block travels at.
   */
  public long minMillis() {
    return minMillis;
  }

  /** In bytes. */
  public int size() {
    return events.remaining();
  }

  /** Not to be read from: each cursor has a copy. */
  ByteReader events() {
    return events;
  }

  public Cursor cursor() {
    return new Cursor(events.copy());
  }

  @Override
  public Iterator<Event> iterator() {
    Cursor cursor = cursor();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return cursor.hasNext();
      }

      @Override
      public Event next() {
        if (!cursor.hasNext()) {
          throw new NoSuchElementException();
        }
        cursor.next();
        return cursor.event();
      }
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventBlock block && events.asBuffer().equals(block.events.asBuffer());
  }

  @Override
  public int hashCode() {
    return events.asBuffer().hashCode();
  }

  @Override
  public String toString() {
    return "EventBlock[" + count + " events, " + size() + " bytes]";
  }

  /** Walks a block's events. {@link #next()} moves on; the rest describe where it stands. */
  public static final class Cursor {
    private final byte[] bytes;
    private final ByteReader in;
    private int from;
    private int bodyFrom;
    private int to;
    private long hashHigh;
    private long hashLow;
    private int digest;
    private long millis;
    private int kind;

    private Cursor(ByteReader in) {
      this.in = in;
      this.bytes = in.array();
    }

    public boolean hasNext() {
      return in.hasMore();
    }

    public void next() {
      from = in.position();
      hashHigh = in.readFixed64();
      hashLow = in.readFixed64();
      digest = in.readByte();
      kind = in.readByte();
      millis = in.readSignedVarint();
      int bodyLength = in.skipBytes();
      to = in.position();
      bodyFrom = to - bodyLength;
    }

    /** The upper half of the 128-bit hash of (source, id). */
    public long hashHigh() {
      return hashHigh;
    }

    public long hashLow() {
      return hashLow;
    }

    /** 0 to 255; equal for copies with the same time, type and payload. */
    public int digest() {
      return digest;
    }

    /** Event time in epoch milliseconds. */
    public long millis() {
      return millis;
    }

    /** Whether there is an {@link #event}. */
    public boolean isWhole() {
      return kind == WHOLE;
    }

    /** Whether only {@link #contribution} is left of the event. */
    public boolean isReduced() {
      return kind == REDUCED;
    }

    /** Whether it is no event, but a dead {@link #letter}. */
    public boolean isLetter() {
      return kind == LETTER;
    }

    /**
     * The event, decoded.
     *
     * @throws IllegalStateException if it is not whole
     */
    public Event event() {
      check(WHOLE);
      return EventCodec.read(body());
    }

    /** The whole event as {@link EventCodec} wrote it. */
    public ByteReader encoded() {
      check(WHOLE);
      return body();
    }

    /** What a reduced event adds, as {@link Builder#addReduced} was given it. */
    public ByteReader contribution() {
      check(REDUCED);
      return body();
    }

    public DeadLetter letter() {
      check(LETTER);
      return DeadLetterCoder.of().read(body());
    }

    private void check(int expected) {
      if (kind != expected) {
        throw new IllegalStateException("expected an entry of kind " + expected + ", got " + kind);
      }
    }

    private ByteReader body() {
      return new ByteReader(bytes, bodyFrom, to - bodyFrom);
    }
  }

  /** Whether there is an event that could still be reduced. */
  public boolean hasWhole() {
    Cursor cursor = cursor();
    while (cursor.hasNext()) {
      cursor.next();
      if (cursor.isWhole()) {
        return true;
      }
    }
    return false;
  }

  /** Collects events into a block; may be used again after {@link #build()}. */
  public static final class Builder {
    private final ByteWriter out;
    private final ByteWriter body = new ByteWriter(256);
    private final Fingerprint fingerprint = new Fingerprint();
    private int count;
    private long minMillis = Long.MAX_VALUE;

    public Builder() {
      this(FIRST_BYTES);
    }

    /**
     * @param likelyBytes of the first block
     */
    public Builder(int likelyBytes) {
      this.out = new ByteWriter(likelyBytes);
    }

    public Builder add(Event event) {
      body.clear();
      EventCodec.write(event, body);
      fingerprint.of(event);
      return append(fingerprint, event.time().toEpochMilli(), WHOLE, body);
    }

    /** As {@link #add(Event)}, of the event's bytes. */
    public Builder add(EventBytes event) {
      body.clear();
      event.write(body);
      fingerprint.of(event);
      return append(fingerprint, event.millis(), WHOLE, body);
    }

    /** Adds the event at which {@code cursor} stands, without decoding it. */
    public Builder add(Cursor cursor) {
      out.writeRaw(cursor.bytes, cursor.from, cursor.to - cursor.from);
      return counted(cursor.millis);
    }

    /**
     * Adds an event that is already encoded.
     *
     * @param event as {@link EventCodec} writes it
     */
    public Builder addEncoded(Fingerprint of, Instant time, ByteWriter event) {
      return append(of, time.toEpochMilli(), WHOLE, event);
    }

    /**
     * Adds what is left of an event.
     *
     * @param contribution what it adds to a result
     */
    public Builder addReduced(Fingerprint of, Instant time, ByteWriter contribution) {
      return append(of, time.toEpochMilli(), REDUCED, contribution);
    }

    /** As {@link #addReduced(Fingerprint, Instant, ByteWriter)}. */
    public Builder addReduced(Event of, ByteWriter contribution) {
      fingerprint.of(of);
      return addReduced(fingerprint, of.time(), contribution);
    }

    /** As {@link #addReduced(Fingerprint, Instant, ByteWriter)}. */
    public Builder addReduced(EventBytes of, ByteWriter contribution) {
      fingerprint.of(of);
      return append(fingerprint, of.millis(), REDUCED, contribution);
    }

    /** The same in place of the event at which {@code of} stands. */
    public Builder addReduced(Cursor of, ByteWriter contribution) {
      out.writeFixed64(of.hashHigh).writeFixed64(of.hashLow).writeByte(of.digest);
      out.writeByte(REDUCED).writeSignedVarint(of.millis).writeBytes(contribution);
      return counted(of.millis);
    }

    /** Adds a dead letter, which is at the end of time. */
    public Builder addLetter(DeadLetter letter) {
      body.clear();
      DeadLetterCoder.of().write(letter, body);
      // Spread over the shards; no event has less reason to be in one of them.
      fingerprint.identity(letter.step(), String.valueOf(count));
      fingerprint.content(Instant.EPOCH, "", new byte[0], 0, 0);
      return append(fingerprint, LETTER_MILLIS, LETTER, body);
    }

    public boolean isEmpty() {
      return count == 0;
    }

    public boolean isFull() {
      return count >= MAX_RECORDS || out.size() >= MAX_BYTES;
    }

    /** The events added since the last build. */
    public EventBlock build() {
      EventBlock block = new EventBlock(count, minMillis, out.detach());
      count = 0;
      minMillis = Long.MAX_VALUE;
      return block;
    }

    private Builder append(Fingerprint of, long millis, int kind, ByteWriter content) {
      out.writeFixed64(of.hashHigh()).writeFixed64(of.hashLow());
      out.writeByte(of.mark()).writeByte(kind).writeSignedVarint(millis).writeBytes(content);
      return counted(millis);
    }

    private Builder counted(long millis) {
      count++;
      minMillis = Math.min(minMillis, millis);
      return this;
    }
  }
}
