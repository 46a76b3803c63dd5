package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.values.KV;

/**
 * The partial results of one window in a shard's state. They are in chunks, numbered from 0: first
 * those whose results have been shown, then the fresh ones. What is fresh and fills no chunk yet is
 * beside the numbers, in what {@link #write} writes. What is fresh is merged whenever it has
 * doubled, so that it takes twice the room of its groups at most, however many blocks it came in.
 */
final class OpenWindow {
  /** Partial results of so many bytes are a chunk. */
  private static final int FULL_BYTES = 4 << 10;

  /** Fewer are not merged before they are shown. */
  private static final int MERGE_BYTES = 16 << 10;

  /** A chunk of merged ones. */
  private static final int MERGED_CHUNK_BYTES = 64 << 10;

  private static final int ENDED = 1;
  private static final int WAITING = 2;

  private final long start;
  private final long end;
  private final Aggregation aggregation;
  private final MapState<KV<Long, Integer>, byte[]> chunks;
  private int flags;
  private int shownChunks;
  private int freshChunks;
  private long freshBytes;
  private long mergedBytes;
  private final ByteWriter rest = new ByteWriter();

  /**
   * @param end exclusive; both in epoch milliseconds
   * @param chunks of all windows of the shard, by start and number
   */
  OpenWindow(
      long start, long end, Aggregation aggregation, MapState<KV<Long, Integer>, byte[]> chunks) {
    this.start = start;
    this.end = end;
    this.aggregation = aggregation;
    this.chunks = chunks;
  }

  static OpenWindow read(
      long start,
      byte[] bytes,
      Aggregation aggregation,
      MapState<KV<Long, Integer>, byte[]> chunks) {
    ByteReader in = new ByteReader(bytes);
    OpenWindow window = new OpenWindow(start, start + in.readVarint(), aggregation, chunks);
    window.flags = in.readByte();
    window.shownChunks = (int) in.readVarint();
    window.freshChunks = (int) in.readVarint();
    window.freshBytes = in.readVarint();
    window.mergedBytes = in.readVarint();
    window.rest.writeRaw(bytes, in.position(), bytes.length - in.position());
    return window;
  }

  byte[] write() {
    ByteWriter out = new ByteWriter(rest.size() + 32);
    out.writeVarint(end - start).writeByte(flags);
    out.writeVarint(shownChunks).writeVarint(freshChunks);
    out.writeVarint(freshBytes).writeVarint(mergedBytes);
    return out.writeRaw(rest).toByteArray();
  }

  long start() {
    return start;
  }

  /** The last millisecond in it. */
  long last() {
    return end - 1;
  }

  /** Whether the result at its end has been shown. */
  boolean hasEnded() {
    return (flags & ENDED) != 0;
  }

  void setEnded() {
    flags |= ENDED;
  }

  /** Whether there is a timer at which what is fresh is shown. */
  boolean isWaiting() {
    return (flags & WAITING) != 0;
  }

  void setWaiting() {
    flags |= WAITING;
  }

  /** Whether anything has come since it was last shown. */
  boolean isFresh() {
    return freshBytes > 0;
  }

  /**
   * Adds partial results.
   *
   * @param partials as {@link GroupTable#write} wrote them
   */
  void add(byte[] partials) {
    rest.writeRaw(partials, 0, partials.length);
    freshBytes += partials.length;
    if (rest.size() < FULL_BYTES) {
      return;
    }
    if (freshBytes < Math.max(MERGE_BYTES, 2 * mergedBytes)) {
      fill();
    } else {
      GroupTable merged = fresh();
      remove(shownChunks);
      mergedBytes = 0;
      freshChunks = put(merged, shownChunks);
      freshBytes = mergedBytes;
    }
  }

  /** All groups of a window, of which the first so many have grown since they were last shown. */
  record Shown(GroupTable table, int grown) {}

  /** Counts everything as shown. */
  Shown show() {
    GroupTable table = fresh();
    int grown = table.size();
    if (shownChunks == 0) {
      if (rest.size() > 0) {
        fill();
      }
      shownChunks = freshChunks;
    } else {
      merge(0, shownChunks, table);
      remove(0);
      shownChunks = put(table, 0);
    }
    freshChunks = 0;
    freshBytes = 0;
    mergedBytes = 0;
    flags &= ~WAITING;
    return new Shown(table, grown);
  }

  /** Removes its chunks. */
  void remove() {
    remove(0);
  }

  private GroupTable fresh() {
    GroupTable table = new GroupTable(aggregation);
    merge(shownChunks, shownChunks + freshChunks, table);
    table.mergeAll(start, end, new ByteReader(rest.array(), 0, rest.size()));
    return table;
  }

  private void remove(int from) {
    for (int chunk = from; chunk < shownChunks + freshChunks; chunk++) {
      chunks.remove(KV.of(start, chunk));
    }
    rest.clear();
  }

  private void fill() {
    chunks.put(KV.of(start, shownChunks + freshChunks), rest.toByteArray());
    freshChunks++;
    rest.clear();
  }

  /** Writes all rows into chunks from this number on; returns how many. */
  private int put(GroupTable table, int from) {
    ByteWriter out = new ByteWriter();
    int count = 0;
    for (int row = 0; row < table.size(); row++) {
      table.write(row, out);
      if (out.size() >= MERGED_CHUNK_BYTES || row == table.size() - 1) {
        chunks.put(KV.of(start, from + count), out.toByteArray());
        mergedBytes += out.size();
        count++;
        out.clear();
      }
    }
    return count;
  }

  private void merge(int from, int to, GroupTable target) {
    for (int chunk = from; chunk < to; chunk++) {
      byte[] bytes = chunks.get(KV.of(start, chunk)).read();
      if (bytes == null) {
        throw new IllegalStateException("the state of a window has no chunk " + chunk);
      }
      target.mergeAll(start, end, new ByteReader(bytes));
    }
  }
}
