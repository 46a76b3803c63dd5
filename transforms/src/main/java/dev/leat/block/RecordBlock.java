package dev.leat.block;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.event.Payload;
import dev.leat.ingest.RawRecord;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.jspecify.annotations.Nullable;

/**
 * Raw records of one partition of one origin, encoded together: what a source emits. The origin and
 * the header are held once. Immutable.
 */
@DefaultCoder(RecordBlockCoder.class)
public final class RecordBlock implements Iterable<RawRecord> {
  /** A builder is full at this many records… */
  public static final int MAX_RECORDS = 512;

  /** …or at this many bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private final String origin;
  private final int partition;
  private final @Nullable String header;
  private final int attempt;
  private final int count;
  private final ByteReader records;

  /**
   * @param records stays where it is: each cursor has a copy
   */
  RecordBlock(
      String origin,
      int partition,
      @Nullable String header,
      int attempt,
      int count,
      ByteReader records) {
    this.origin = origin;
    this.partition = partition;
    this.header = header;
    this.attempt = attempt;
    this.count = count;
    this.records = records;
  }

  /** Begins a block of records from {@code partition} of {@code origin}. */
  public static Builder builder(String origin, int partition, @Nullable String header) {
    return new Builder(origin, partition, header);
  }

  public String origin() {
    return origin;
  }

  public int partition() {
    return partition;
  }

  public @Nullable String header() {
    return header;
  }

  /** How often each of the records was replayed after it was a dead letter. */
  public int attempt() {
    return attempt;
  }

  /** Number of records. */
  public int count() {
    return count;
  }

  /** Not to be read from: each cursor has a copy. */
  ByteReader records() {
    return records;
  }

  public Cursor cursor() {
    return new Cursor();
  }

  @Override
  public Iterator<RawRecord> iterator() {
    Cursor cursor = cursor();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return cursor.hasNext();
      }

      @Override
      public RawRecord next() {
        if (!cursor.hasNext()) {
          throw new NoSuchElementException();
        }
        cursor.next();
        return cursor.record();
      }
    };
  }

  /** Walks the records without copying them. {@link #next()} moves on; the rest say where it is. */
  public final class Cursor {
    private final ByteReader in = records.copy();
    private long offset;
    private @Nullable String problem;
    private int from;
    private int length;

    private Cursor() {}

    public boolean hasNext() {
      return in.hasMore();
    }

    public void next() {
      offset = in.readSignedVarint();
      problem = in.readNullableString();
      length = in.skipBytes();
      from = in.position() - length;
    }

    /** Why the record could not be read whole, if so. */
    public @Nullable String problem() {
      return problem;
    }

    public long offset() {
      return offset;
    }

    /** Where {@link #from} points into; not to be changed. */
    public byte[] bytes() {
      return in.array();
    }

    public int from() {
      return from;
    }

    public int length() {
      return length;
    }

    public RawRecord record() {
      return RawRecord.builder()
          .origin(origin)
          .partition(partition)
          .header(header)
          .attempt(attempt)
          .offset(offset)
          .problem(problem)
          .data(Payload.of(bytes(), from, length))
          .build();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordBlock
        && origin.equals(((RecordBlock) other).origin)
        && partition == ((RecordBlock) other).partition
        && attempt == ((RecordBlock) other).attempt
        && java.util.Objects.equals(header, ((RecordBlock) other).header)
        && records.asBuffer().equals(((RecordBlock) other).records.asBuffer());
  }

  @Override
  public int hashCode() {
    return 31 * origin.hashCode() + records.asBuffer().hashCode();
  }

  @Override
  public String toString() {
    return "RecordBlock[" + count + " records of " + origin + "]";
  }

  /** Collects records into blocks; may be used again after {@link #build()}. */
  public static final class Builder {
    private final String origin;
    private final int partition;
    private final @Nullable String header;
    private final ByteWriter out = new ByteWriter(1024);
    private int attempt;
    private int count;

    private Builder(String origin, int partition, @Nullable String header) {
      this.origin = origin;
      this.partition = partition;
      this.header = header;
    }

    /** Of the records that are added from now on; those of a block have the same. */
    public Builder attempt(int attempt) {
      if (count > 0 && attempt != this.attempt) {
        throw new IllegalStateException("a block holds records of one attempt");
      }
      this.attempt = attempt;
      return this;
    }

    public Builder add(long offset, byte[] bytes, int start, int length) {
      return add(offset, bytes, start, length, null);
    }

    /** Adds a record that could not be read whole, with the reason. */
    public Builder add(long offset, byte[] bytes, int start, int length, @Nullable String problem) {
      out.writeSignedVarint(offset).writeNullableString(problem).writeBytes(bytes, start, length);
      count++;
      return this;
    }

    public boolean isEmpty() {
      return count == 0;
    }

    public boolean isFull() {
      return count >= MAX_RECORDS || out.size() >= MAX_BYTES;
    }

    public RecordBlock build() {
      RecordBlock block = new RecordBlock(origin, partition, header, attempt, count, out.detach());
      count = 0;
      return block;
    }
  }
}
