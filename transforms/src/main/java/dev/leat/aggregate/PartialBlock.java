package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.util.Arrays;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Partial results of a bundle, encoded together: for each window and group what its accumulators
 * wrote. Immutable.
 */
@DefaultCoder(PartialBlock.PartialBlockCoder.class)
final class PartialBlock {
  private final long firstStart;
  private final long firstEnd;
  private final byte[] bytes;

  private PartialBlock(long firstStart, long firstEnd, byte[] bytes) {
    this.firstStart = firstStart;
    this.firstEnd = firstEnd;
    this.bytes = bytes;
  }

  /**
   * Begin of the first entry's window, epoch milliseconds: that of all where a runner windows
   * blocks.
   */
  long firstStart() {
    return firstStart;
  }

  long firstEnd() {
    return firstEnd;
  }

  /** Gives every entry to {@code target}. */
  void mergeInto(GroupTable target) {
    ByteReader in = new ByteReader(bytes);
    while (in.hasMore()) {
      long start = in.readSignedVarint();
      long end = start + in.readVarint();
      target.merge(start, end, in);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PartialBlock && Arrays.equals(bytes, ((PartialBlock) other).bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Collects entries; may be used again after {@link #build()}. */
  static final class Builder {
    private static final int MAX_BYTES = 1 << 18;

    private final ByteWriter out = new ByteWriter(1024);
    private long firstStart;
    private long firstEnd;

    void add(GroupTable table, int row) {
      long start = table.start(row);
      long end = table.end(row);
      if (out.size() == 0) {
        firstStart = start;
        firstEnd = end;
      }
      out.writeSignedVarint(start).writeVarint(end - start);
      table.write(row, out);
    }

    boolean isEmpty() {
      return out.size() == 0;
    }

    boolean isFull() {
      return out.size() >= MAX_BYTES;
    }

    PartialBlock build() {
      PartialBlock block = new PartialBlock(firstStart, firstEnd, out.toByteArray());
      out.clear();
      return block;
    }
  }

  /** Encodes a {@link PartialBlock}. */
  static final class PartialBlockCoder extends CodecCoder<PartialBlock> {
    private static final long serialVersionUID = 1L;
    private static final PartialBlockCoder INSTANCE = new PartialBlockCoder();

    static PartialBlockCoder of() {
      return INSTANCE;
    }

    /** For {@link org.apache.beam.sdk.coders.DefaultCoder}. */
    public static CoderProvider getCoderProvider() {
      return provider(INSTANCE);
    }

    @Override
    protected void write(PartialBlock block, ByteWriter out) {
      out.writeSignedVarint(block.firstStart).writeSignedVarint(block.firstEnd);
      out.writeRaw(block.bytes, 0, block.bytes.length);
    }

    @Override
    protected int sizeOf(PartialBlock block) {
      return block.bytes.length + 20;
    }

    @Override
    protected PartialBlock read(ByteReader in) {
      return new PartialBlock(in.readSignedVarint(), in.readSignedVarint(), in.readRest());
    }

    @Override
    public TypeDescriptor<PartialBlock> getEncodedTypeDescriptor() {
      return TypeDescriptor.of(PartialBlock.class);
    }
  }
}
