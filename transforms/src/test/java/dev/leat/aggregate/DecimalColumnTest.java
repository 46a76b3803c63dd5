package dev.leat.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.leat.aggregate.DecimalColumn.Fold;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.junit.Test;

public class DecimalColumnTest {
  private static final Map<Fold, BinaryOperator<BigDecimal>> FOLDS =
      Map.of(
          Fold.SUM, BigDecimal::add,
          Fold.MIN, BigDecimal::min,
          Fold.MAX, BigDecimal::max);

  @Test
  public void foldsAsBigDecimalsDo() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      for (Fold fold : Fold.values()) {
        DecimalColumn column = new DecimalColumn(fold);
        column.reserve(1);
        BigDecimal expected = null;
        for (int i = random.nextInt(12); i >= 0; i--) {
          BigDecimal number = number(random);

          merge(column, number);

          expected = expected == null ? number : FOLDS.get(fold).apply(expected, number);
          assertThat("seed " + seed, column.value(0).compareTo(expected), is(0));
          assertThat("seed " + seed, column.result(0), is(Numbers.canonical(expected)));
        }
        assertThat("seed " + seed, written(column).value(0), is(column.value(0)));
      }
    }
  }

  @Test
  public void goesOnExactlyBeyond64Bits() {
    DecimalColumn column = new DecimalColumn(Fold.SUM);
    column.reserve(1);

    merge(column, new BigDecimal(Long.MAX_VALUE));
    merge(column, new BigDecimal("0.1"));
    merge(column, new BigDecimal(Long.MAX_VALUE));

    assertThat(column.value(0), is(new BigDecimal("18446744073709551614.1")));
  }

  @Test
  public void isNothingBeforeTheFirstNumber() {
    DecimalColumn column = new DecimalColumn(Fold.MIN);
    column.reserve(2);
    merge(column, null);

    assertThat(column.result(0), is(nullValue()));
    column.reserve(4);
    assertThat(column.result(3), is(nullValue()));
  }

  private static BigDecimal number(Random random) {
    switch (random.nextInt(5)) {
      case 0:
        return BigDecimal.valueOf(random.nextInt(2000) - 1000, random.nextInt(4));
      case 1:
        return BigDecimal.valueOf(random.nextLong(), random.nextInt(30) - 6);
      case 2:
        return new BigDecimal(new BigInteger(random.nextInt(100), random), random.nextInt(25));
      case 3:
        return BigDecimal.valueOf(random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE);
      default:
        return BigDecimal.valueOf(random.nextInt(100) - 50);
    }
  }

  private static DecimalColumn written(DecimalColumn column) {
    ByteWriter out = new ByteWriter();
    column.write(0, out);
    DecimalColumn copy = new DecimalColumn(Fold.SUM);
    copy.reserve(1);
    copy.merge(0, new ByteReader(out.toByteArray()));
    return copy;
  }

  private static void merge(DecimalColumn column, BigDecimal number) {
    ByteWriter out = new ByteWriter();
    Decimals.write(number, out);
    ByteReader in = new ByteReader(out.toByteArray());
    column.merge(0, in);
    assertThat(in.hasMore(), is(false));
  }
}
