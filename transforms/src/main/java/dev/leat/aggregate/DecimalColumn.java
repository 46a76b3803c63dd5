package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exact decimals by row, folded by an operation that commutes and associates. A row is {@code
 * digits / 10^scale} in a long and a byte while that holds it, and a {@link BigDecimal} from then
 * on.
 */
final class DecimalColumn implements Column {
  /** How two numbers become one. */
  enum Fold {
    SUM,
    MIN,
    MAX
  }

  private static final byte NONE = -1;
  private static final byte BIG = -2;

  /** With more digits after the point 64 bits hold little; also all powers of ten in a long. */
  private static final int MOST_SCALE = 18;

  private static final long[] POWERS_OF_TEN = powersOfTen();

  private final Fold fold;
  private long[] digits = {};
  private byte[] scales = {};
  private final Map<Integer, BigDecimal> big = new HashMap<>();

  DecimalColumn(Fold fold) {
    this.fold = fold;
  }

  @Override
  public void reserve(int rows) {
    int before = scales.length;
    digits = Arrays.copyOf(digits, rows);
    scales = Arrays.copyOf(scales, rows);
    if (rows > before) {
      Arrays.fill(scales, before, rows, NONE);
    }
  }

  @Override
  public void merge(int row, ByteReader in) {
    long head = in.readVarint();
    if (Decimals.isNone(head)) {
      return;
    }
    if (!Decimals.isLong(head)) {
      add(row, Decimals.readLong(head, in));
      return;
    }
    int scale = Decimals.scale(head);
    long value = in.readSignedVarint();
    if (scale < 0 || scale > MOST_SCALE || !addLong(row, value, scale)) {
      add(row, BigDecimal.valueOf(value, scale));
    }
  }

  @Override
  public void write(int row, ByteWriter out) {
    if (scales[row] >= 0) {
      Decimals.write(digits[row], scales[row], out);
    } else {
      Decimals.write(value(row), out);
    }
  }

  @Override
  public @Nullable Object result(int row) {
    return Numbers.canonical(value(row));
  }

  @Nullable BigDecimal value(int row) {
    switch (scales[row]) {
      case NONE:
        return null;
      case BIG:
        return big.get(row);
      default:
        return BigDecimal.valueOf(digits[row], scales[row]);
    }
  }

  @Override
  public int bytesOfRow() {
    return Long.BYTES + 1;
  }

  /** Whether it could be added without leaving 64 bits; if not, nothing is changed. */
  private boolean addLong(int row, long value, int scale) {
    byte known = scales[row];
    if (known == NONE) {
      set(row, value, scale);
      return true;
    }
    if (known == BIG) {
      return false;
    }
    long mine = digits[row];
    long other = value;
    if (known < scale) {
      mine = scaled(mine, scale - known);
      if (mine == Long.MIN_VALUE) {
        return false;
      }
    } else if (known > scale) {
      other = scaled(other, known - scale);
    }
    if (other == Long.MIN_VALUE) {
      return false;
    }
    int common = Math.max(known, scale);
    if (fold != Fold.SUM) {
      set(row, fold == Fold.MIN ? Math.min(mine, other) : Math.max(mine, other), common);
      return true;
    }
    long sum = mine + other;
    if (((mine ^ sum) & (other ^ sum)) < 0) {
      return false;
    }
    set(row, sum, common);
    return true;
  }

  private void set(int row, long value, int scale) {
    digits[row] = value;
    scales[row] = (byte) scale;
  }

  private void add(int row, BigDecimal value) {
    BigDecimal known = value(row);
    big.put(row, known == null ? value : folded(known, value));
    scales[row] = BIG;
  }

  private BigDecimal folded(BigDecimal one, BigDecimal other) {
    return switch (fold) {
      case SUM -> one.add(other);
      case MIN -> one.min(other);
      case MAX -> one.max(other);
    };
  }

  /** With so many zeros more; the least long if that does not hold it. */
  private static long scaled(long value, int zeros) {
    long high = Math.multiplyHigh(value, POWERS_OF_TEN[zeros]);
    long low = value * POWERS_OF_TEN[zeros];
    return high == low >> 63 ? low : Long.MIN_VALUE;
  }

  private static long[] powersOfTen() {
    long[] powers = new long[MOST_SCALE + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
