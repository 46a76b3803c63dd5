package dev.leat.block;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Event;
import dev.leat.event.EventCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.DefaultCoder;

/**
 * Up to {@value #MAX_RECORDS} events, encoded together. Beside each event stand what routing and
 * repeat-dropping need, so that they need not decode it: the hash of its identity, a digest of its
 * content, its event time. Immutable.
 */
@DefaultCoder(EventBlockCoder.class)
public final class EventBlock implements Iterable<Event> {
  /** A builder is full at this many events… */
  public static final int MAX_RECORDS = 512;

  /** …or at this many bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private final int count;
  private final long minMillis;
  private final byte[] bytes;

  EventBlock(int count, long minMillis, byte[] bytes) {
    this.count = count;
    this.minMillis = minMillis;
    this.bytes = bytes;
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

  byte[] bytes() {
    return bytes;
  }

  public Cursor cursor() {
    return new Cursor(new ByteReader(bytes));
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
    return other instanceof EventBlock && Arrays.equals(bytes, ((EventBlock) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "EventBlock[" + count + " events, " + bytes.length + " bytes]";
  }

  /** Walks a block's events. {@link #next()} moves on; the rest describe where it stands. */
  public static final class Cursor {
    private final ByteReader in;
    private long hashHigh;
    private long hashLow;
    private long digest;
    private long millis;
    private byte[] body = new byte[0];

    private Cursor(ByteReader in) {
      this.in = in;
    }

    public boolean hasNext() {
      return in.hasMore();
    }

    public void next() {
      hashHigh = in.readFixed64();
      hashLow = in.readFixed64();
      digest = in.readFixed64();
      millis = in.readSignedVarint();
      body = in.readBytes();
    }

    /** The upper half of the 128-bit hash of (source, id). */
    public long hashHigh() {
      return hashHigh;
    }

    public long hashLow() {
      return hashLow;
    }

    /** Equal for copies with the same time, type and payload. */
    public long digest() {
      return digest;
    }

    /** Event time in epoch milliseconds. */
    public long millis() {
      return millis;
    }

    public Event event() {
      return EventCodec.read(new ByteReader(body));
    }
  }

  /** Collects events into a block; may be used again after {@link #build()}. */
  public static final class Builder {
    private final ByteWriter out = new ByteWriter(1024);
    private final ByteWriter body = new ByteWriter(1024);
    private int count;
    private long minMillis = Long.MAX_VALUE;

    public Builder add(Event event) {
      body.clear();
      EventCodec.write(event, body);
      HashCode identity =
          Hashing.murmur3_128()
              .newHasher()
              .putInt(event.source().length())
              .putUnencodedChars(event.source())
              .putUnencodedChars(event.id())
              .hash();
      ByteBuffer halves = ByteBuffer.wrap(identity.asBytes()).order(ByteOrder.LITTLE_ENDIAN);
      long low = halves.getLong();
      long high = halves.getLong();
      append(high, low, digestOf(event), event.time().toEpochMilli());
      out.writeBytes(body);
      return this;
    }

    /** Adds the event at which {@code cursor} stands, without decoding it. */
    public Builder add(Cursor cursor) {
      append(cursor.hashHigh, cursor.hashLow, cursor.digest, cursor.millis);
      out.writeBytes(cursor.body);
      return this;
    }

    public boolean isEmpty() {
      return count == 0;
    }

    public boolean isFull() {
      return count >= MAX_RECORDS || out.size() >= MAX_BYTES;
    }

    /** The events added since the last build. */
    public EventBlock build() {
      EventBlock block = new EventBlock(count, minMillis, out.toByteArray());
      out.clear();
      count = 0;
      minMillis = Long.MAX_VALUE;
      return block;
    }

    private void append(long high, long low, long digest, long millis) {
      out.writeFixed64(high).writeFixed64(low).writeFixed64(digest).writeSignedVarint(millis);
      count++;
      minMillis = Math.min(minMillis, millis);
    }

    private static long digestOf(Event event) {
      Hasher hasher =
          Hashing.murmur3_128()
              .newHasher()
              .putLong(event.time().getEpochSecond())
              .putInt(event.time().getNano())
              .putInt(event.type().length())
              .putUnencodedChars(event.type());
      try {
        event.data().writeTo(com.google.common.hash.Funnels.asOutputStream(hasher));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return hasher.hash().asLong();
    }
  }
}
