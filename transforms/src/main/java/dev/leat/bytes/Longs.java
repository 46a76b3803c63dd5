package dev.leat.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers of eight bytes at any place of an array, in one access. */
final class Longs {
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Longs() {}

  static long littleEndian(byte[] bytes, int at) {
    return (long) LITTLE.get(bytes, at);
  }

  static long bigEndian(byte[] bytes, int at) {
    return (long) BIG.get(bytes, at);
  }

  static void putBigEndian(byte[] bytes, int at, long value) {
    BIG.set(bytes, at, value);
  }
}
