package dev.leat.dedup;

import com.google.common.primitives.Bytes;
import dev.leat.block.EventBlock;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.window.WindowSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Drops repeats live, with state by shard and time bucket: 17 bytes an id, in chunks, one timer a
 * shard. New ids are appended to a bucket's last chunk until it has {@value #CHUNK_BYTES} bytes, so
 * that what a chunk costs beside its ids is little however small blocks are, and a chunk is written
 * again only while it is small. A bucket leaves when the watermark passes its end and the horizon;
 * never otherwise, because partitions of a replayed log differ by more than any horizon.
 *
 * <p>The instance keeps the ids of its shards in memory, and trusts them only while the state's
 * version is the one it wrote; else, as after a restore, it reads the chunks anew.
 */
final class RememberIds extends DoFn<KV<Integer, EventBlock>, EventBlock> {
  static final TupleTag<EventBlock> KEPT = new TupleTag<>() {};
  static final TupleTag<EventBlock> LATE = new TupleTag<>() {};

  /** From here on a chunk gets no more ids. */
  static final int CHUNK_BYTES = 2048;

  private final Horizon horizon;
  private final @Nullable WindowSpec windows;
  private transient Map<Integer, Cached> cache = new HashMap<>();

  @StateId("chunks")
  private final StateSpec<MapState<Long, byte[]>> chunksSpec =
      StateSpecs.map(VarLongCoder.of(), ByteArrayCoder.of());

  @StateId("shard")
  private final StateSpec<ValueState<byte[]>> shardSpec = StateSpecs.value(ByteArrayCoder.of());

  @TimerId("expiry")
  private final TimerSpec expirySpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  /**
   * @param windows new events that are too late for these are late, and remembered; null if none is
   */
  RememberIds(Horizon horizon, @Nullable WindowSpec windows) {
    this.horizon = horizon;
    this.windows = windows;
  }

  @Setup
  public void setup() {
    cache = new HashMap<>();
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, EventBlock> element,
      @AlwaysFetched @StateId("shard") ValueState<byte[]> shardState,
      @StateId("chunks") MapState<Long, byte[]> chunks,
      @TimerId("expiry") Timer expiry,
      MultiOutputReceiver out) {
    ShardState shard = read(shardState);
    Cached ids = cached(element.getKey(), shard, chunks);
    Map<Long, ByteWriter> added = new TreeMap<>();
    // A shard that has nothing to expire has no timer, but its old events are late as well.
    Instant watermark = expiry.getCurrentRelativeTime();
    long firstAlive = horizon.firstAliveAt(watermark.getMillis());
    Sorter sorter = Sorter.of(element.getValue(), out.get(KEPT), out.get(LATE));
    EventBlock.Cursor cursor = element.getValue().cursor();
    while (cursor.hasNext()) {
      cursor.next();
      long bucket = horizon.bucketOf(cursor.millis());
      sorter.sort(
          cursor,
          bucket < firstAlive || shard.hasExpired(bucket)
              ? Verdict.LATE
              : unlessLate(offer(cursor, bucket, ids, added), cursor.millis(), watermark));
    }
    sorter.finish();
    if (!added.isEmpty()) {
      added.forEach((bucket, bytes) -> append(bucket, bytes.toByteArray(), shard, ids, chunks));
      write(element.getKey(), shard, ids, shardState);
      expiry.set(Instant.ofEpochMilli(horizon.expiryOf(shard.chunks().firstKey())));
    }
  }

  @OnTimer("expiry")
  public void expire(
      @Key Integer key,
      @AlwaysFetched @StateId("shard") ValueState<byte[]> shardState,
      @StateId("chunks") MapState<Long, byte[]> chunks,
      @TimerId("expiry") Timer expiry) {
    ShardState shard = read(shardState);
    Cached ids = cached(key, shard, chunks);
    // Beam calls the watermark the current time of an event-time timer.
    long firstAlive = horizon.firstAliveAt(expiry.getCurrentRelativeTime().getMillis());
    shard
        .chunks()
        .headMap(firstAlive)
        .forEach(
            (bucket, count) -> {
              for (int i = 0; i < count; i++) {
                chunks.remove(horizon.chunkKey(bucket, i));
              }
            });
    shard.expireBefore(firstAlive);
    ids.expireBefore(firstAlive);
    write(key, shard, ids, shardState);
    if (!shard.chunks().isEmpty()) {
      expiry.set(Instant.ofEpochMilli(horizon.expiryOf(shard.chunks().firstKey())));
    }
  }

  private Verdict unlessLate(Verdict verdict, long millis, Instant watermark) {
    return verdict == Verdict.NEW
            && windows != null
            && windows.isLate(Instant.ofEpochMilli(millis), watermark)
        ? Verdict.LATE
        : verdict;
  }

  private Verdict offer(
      EventBlock.Cursor copy, long bucket, Cached ids, Map<Long, ByteWriter> added) {
    int mark = (int) (copy.digest() & 0xFF);
    int known = ids.ids.markOf(copy.hashHigh(), copy.hashLow(), bucket, horizon);
    if (known != ShardIds.ABSENT) {
      return known == mark ? Verdict.REPEAT : Verdict.CONFLICTING;
    }
    ids.ids.add(copy.hashHigh(), copy.hashLow(), bucket, mark);
    added
        .computeIfAbsent(bucket, unused -> new ByteWriter())
        .writeFixed64(copy.hashHigh())
        .writeFixed64(copy.hashLow())
        .writeByte(mark);
    return Verdict.NEW;
  }

  private void append(
      long bucket, byte[] added, ShardState shard, Cached ids, MapState<Long, byte[]> chunks) {
    byte[] begun = ids.begun.remove(bucket);
    int number = begun == null ? shard.addChunk(bucket) : shard.lastChunk(bucket);
    byte[] chunk = begun == null ? added : Bytes.concat(begun, added);
    chunks.put(horizon.chunkKey(bucket, number), chunk);
    ids.begin(bucket, chunk);
  }

  private Cached cached(int key, ShardState shard, MapState<Long, byte[]> chunks) {
    Cached current = cache.get(key);
    if (current == null || current.version != shard.version()) {
      current = new Cached(shard.version());
      for (Map.Entry<Long, byte[]> chunk : chunks.entries().read()) {
        long bucket = horizon.bucketOfKey(chunk.getKey());
        ByteReader in = new ByteReader(chunk.getValue());
        while (in.hasMore()) {
          current.ids.add(in.readFixed64(), in.readFixed64(), bucket, in.readByte());
        }
        if (chunk.getKey() == horizon.chunkKey(bucket, shard.lastChunk(bucket))) {
          current.begin(bucket, chunk.getValue());
        }
      }
      cache.put(key, current);
    }
    return current;
  }

  private static ShardState read(ValueState<byte[]> state) {
    byte @Nullable [] bytes = state.read();
    return bytes == null ? ShardState.empty() : ShardState.read(bytes);
  }

  private static void write(int key, ShardState shard, Cached ids, ValueState<byte[]> state) {
    long version = ThreadLocalRandom.current().nextLong();
    shard.setVersion(version);
    ids.version = version;
    state.write(shard.write());
  }

  /** The ids of a shard, as of a version of its state. */
  private static final class Cached {
    private final ShardIds ids = new ShardIds();

    /** The last chunks of buckets, where there is room in them. */
    private final NavigableMap<Long, byte[]> begun = new TreeMap<>();

    private long version;

    Cached(long version) {
      this.version = version;
    }

    void begin(long bucket, byte[] chunk) {
      if (chunk.length < CHUNK_BYTES) {
        begun.put(bucket, chunk);
      }
    }

    void expireBefore(long bucket) {
      ids.expireBefore(bucket);
      begun.headMap(bucket).clear();
    }
  }
}
