package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Partial results of a bundle, encoded together: for each window what {@link GroupTable#write}
 * wrote of its groups. Immutable.
 */
@DefaultCoder(PartialBlock.PartialBlockCoder.class)
final class PartialBlock {
  private final long firstStart;
  private final long firstEnd;
  private final ByteReader partials;

  /**
   * @param partials stays where it is: each reader is a copy
   */
  private PartialBlock(long firstStart, long firstEnd, ByteReader partials) {
    this.firstStart = firstStart;
    this.firstEnd = firstEnd;
    this.partials = partials;
  }

  /** Begin of the first window, epoch milliseconds: the only one where a runner windows blocks. */
  long firstStart() {
    return firstStart;
  }

  long firstEnd() {
    return firstEnd;
  }

  /** Gives everything to {@code target}. */
  void mergeInto(GroupTable target) {
    forEachWindow(target::mergeAll);
  }

  /** Takes the groups of a window. */
  interface OfWindow {
    void accept(long start, long end, ByteReader groups);
  }

  /** Gives the groups of each window; a window can come more than once. */
  void forEachWindow(OfWindow consumer) {
    ByteReader in = partials.copy();
    while (in.hasMore()) {
      long start = in.readSignedVarint();
      long end = start + in.readVarint();
      consumer.accept(start, end, in.readSlice());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PartialBlock block
        && partials.asBuffer().equals(block.partials.asBuffer());
  }

  @Override
  public int hashCode() {
    return partials.asBuffer().hashCode();
  }

  /** Collects rows; those of one window had best come together. Can be used again. */
  static final class Builder {
    private static final int MAX_BYTES = 1 << 18;

    private final ByteWriter out = new ByteWriter(1024);
    private final ByteWriter groups = new ByteWriter(128);
    private long firstStart;
    private long firstEnd;
    private long start;
    private long end;
    private long earliestEnd;

    void add(GroupTable table, int row) {
      boolean first = isEmpty();
      if (first || table.start(row) != start || table.end(row) != end) {
        endWindow();
        start = table.start(row);
        end = table.end(row);
        earliestEnd = first ? end : Math.min(earliestEnd, end);
      }
      if (first) {
        firstStart = start;
        firstEnd = end;
      }
      table.write(row, groups);
    }

    private void endWindow() {
      if (groups.size() > 0) {
        out.writeSignedVarint(start).writeVarint(end - start).writeBytes(groups);
        groups.clear();
      }
    }

    boolean isEmpty() {
      return out.size() == 0 && groups.size() == 0;
    }

    boolean isFull() {
      return out.size() + groups.size() >= MAX_BYTES;
    }

    /** The first end of a window in it, epoch milliseconds. */
    long earliestEnd() {
      return earliestEnd;
    }

    PartialBlock build() {
      endWindow();
      PartialBlock block = new PartialBlock(firstStart, firstEnd, out.detach());
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
    }

    @Override
    protected ByteReader restOf(PartialBlock block) {
      return block.partials;
    }

    @Override
    protected PartialBlock read(ByteReader in) {
      return new PartialBlock(in.readSignedVarint(), in.readSignedVarint(), in.rest());
    }

    @Override
    public TypeDescriptor<PartialBlock> getEncodedTypeDescriptor() {
      return TypeDescriptor.of(PartialBlock.class);
    }
  }
}
