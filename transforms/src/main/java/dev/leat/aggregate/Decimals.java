package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Exact decimals in bytes. A head says whether there is one, its scale, and whether its digits are
 * a number of 64 bits or longer.
 */
final class Decimals {
  private static final int NONE = 0;
  private static final BigInteger LEAST_LONG = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private Decimals() {}

  static void write(@Nullable BigDecimal value, ByteWriter out) {
    if (value == null) {
      out.writeVarint(NONE);
      return;
    }
    BigInteger digits = value.unscaledValue();
    if (isLong(digits)) {
      write(digits.longValue(), value.scale(), out);
    } else {
      out.writeVarint(head(value.scale(), true)).writeBytes(digits.toByteArray());
    }
  }

  /** {@code digits / 10^scale}. */
  static void write(long digits, int scale, ByteWriter out) {
    out.writeVarint(head(scale, false)).writeSignedVarint(digits);
  }

  static @Nullable BigDecimal read(ByteReader in) {
    long head = in.readVarint();
    if (isNone(head)) {
      return null;
    }
    return isLong(head)
        ? BigDecimal.valueOf(in.readSignedVarint(), scale(head))
        : readLong(head, in);
  }

  // In parts, for who wants no object: the head, then what it promises.

  static boolean isNone(long head) {
    return head == NONE;
  }

  /** Whether a signed varint follows, else bytes. */
  static boolean isLong(long head) {
    return (head - 1 & 1) == 0;
  }

  static int scale(long head) {
    long zigzag = head - 1 >>> 1;
    return (int) (zigzag >>> 1 ^ -(zigzag & 1));
  }

  static BigDecimal readLong(long head, ByteReader in) {
    return new BigDecimal(new BigInteger(in.readBytes()), scale(head));
  }

  static boolean isLong(BigInteger digits) {
    return digits.compareTo(LEAST_LONG) >= 0 && digits.compareTo(MOST_LONG) <= 0;
  }

  private static long head(int scale, boolean big) {
    long zigzag = ((long) scale << 1 ^ (long) scale >> 63);
    return (zigzag << 1 | (big ? 1 : 0)) + 1;
  }
}
