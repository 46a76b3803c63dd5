package dev.leat.bytes;

/**
 * MurmurHash3 of 128 bits for x64 (<a href="https://github.com/aappleby/smhasher">Appleby</a>),
 * seed 0, without an object for each hash. The same as Guava's {@code murmur3_128}: {@link #low()}
 * is its {@code asLong()}. Not for more than one thread.
 */
public final class Murmur3 {
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private long low;
  private long high;

  /** Hashes what {@code bytes} holds. */
  public void hash(ByteWriter bytes) {
    hash(bytes.array(), 0, bytes.size());
  }

  public void hash(byte[] bytes, int from, int length) {
    long h1 = 0;
    long h2 = 0;
    int at = from;
    for (int blocks = length >> 4; blocks > 0; blocks--, at += 16) {
      h1 ^= mixedLow(Longs.littleEndian(bytes, at));
      h1 = Long.rotateLeft(h1, 27) + h2;
      h1 = h1 * 5 + 0x52dce729;
      h2 ^= mixedHigh(Longs.littleEndian(bytes, at + 8));
      h2 = Long.rotateLeft(h2, 31) + h1;
      h2 = h2 * 5 + 0x38495ab5;
    }
    int left = length & 15;
    if (left > 8) {
      h2 ^= mixedHigh(tail(bytes, at + 8, left - 8));
    }
    if (left > 0) {
      h1 ^= mixedLow(tail(bytes, at, Math.min(left, 8)));
    }
    h1 ^= length;
    h2 ^= length;
    h1 += h2;
    h2 += h1;
    h1 = finished(h1);
    h2 = finished(h2);
    h1 += h2;
    low = h1;
    high = h2 + h1;
  }

  /** The first eight bytes of the last hash. */
  public long low() {
    return low;
  }

  /** The last eight bytes of the last hash. */
  public long high() {
    return high;
  }

  private static long tail(byte[] bytes, int from, int length) {
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | bytes[from + i] & 0xFF;
    }
    return value;
  }

  private static long mixedLow(long block) {
    return Long.rotateLeft(block * C1, 31) * C2;
  }

  private static long mixedHigh(long block) {
    return Long.rotateLeft(block * C2, 33) * C1;
  }

  private static long finished(long hash) {
    long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
