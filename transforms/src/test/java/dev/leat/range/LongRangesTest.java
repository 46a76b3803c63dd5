package dev.leat.range;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.Assert.assertThrows;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CorruptBytesException;
import java.util.Random;
import java.util.TreeSet;
import org.junit.Test;

public class LongRangesTest {
  @Test
  public void joinsNumbersThatFollowOneAnother() {
    LongRanges ranges = new LongRanges();

    assertThat(ranges.add(5), is(true));
    assertThat(ranges.add(7), is(true));
    assertThat(ranges.toString(), is("5,7"));
    assertThat(ranges.add(6), is(true));
    assertThat(ranges.add(6), is(false));

    assertThat(ranges.toString(), is("5-7"));
    assertThat(ranges.size(), is(3L));
    assertThat(ranges.first(), is(5L));
    assertThat(ranges.end(), is(8L));
    assertThat(ranges.gaps(), is(empty()));
  }

  @Test
  public void isTheSetOfNumbersThatWereAdded() {
    Random random = new Random(7);
    for (int trial = 0; trial < 200; trial++) {
      LongRanges ranges = new LongRanges();
      TreeSet<Long> numbers = new TreeSet<>();
      for (int i = 0; i < 40; i++) {
        long start = random.nextInt(100) - 50;
        long end = start + random.nextInt(6);
        ranges.add(start, end);
        for (long number = start; number < end; number++) {
          numbers.add(number);
        }

        assertThat(ranges.size(), is((long) numbers.size()));
        for (long number = -60; number < 70; number++) {
          assertThat(ranges.contains(number), is(numbers.contains(number)));
        }
      }
      assertThat(copyThroughBytes(ranges), is(equalTo(ranges)));
    }
  }

  @Test
  public void tellsWhatLiesBetween() {
    LongRanges ranges = LongRanges.of(0, 10);
    ranges.add(12, 15);

    assertThat(ranges.gaps(), contains(new LongRanges.Range(10, 12)));
    assertThat(
        ranges.ranges(), contains(new LongRanges.Range(0, 10), new LongRanges.Range(12, 15)));
  }

  @Test
  public void tellsWhatIsMissing() {
    Random random = new Random(8);
    for (int trial = 0; trial < 500; trial++) {
      LongRanges ranges = new LongRanges();
      for (int i = random.nextInt(6); i > 0; i--) {
        long start = random.nextInt(30);
        ranges.add(start, start + random.nextInt(6));
      }
      long start = random.nextInt(30);
      long end = start + random.nextInt(15);

      LongRanges missing = ranges.missing(start, end);

      for (long number = -5; number < 50; number++) {
        assertThat(
            missing.contains(number),
            is(number >= start && number < end && !ranges.contains(number)));
      }
      assertThat(ranges.missing(LongRanges.of(start, end)), is(missing));
      assertThat(ranges.count(), is(ranges.ranges().size()));
    }
  }

  @Test
  public void comparesWithAnother() {
    LongRanges ranges = LongRanges.of(0, 10);
    ranges.add(20, 30);

    assertThat(ranges.containsAll(LongRanges.of(21, 30)), is(true));
    assertThat(ranges.containsAll(LongRanges.of(9, 21)), is(false));
    assertThat(ranges.containsAll(new LongRanges()), is(true));
    assertThat(ranges.intersects(LongRanges.of(9, 21)), is(true));
    assertThat(ranges.intersects(LongRanges.of(10, 20)), is(false));
    assertThat(ranges.intersects(LongRanges.of(-5, 50)), is(true));
    assertThat(ranges.intersects(new LongRanges()), is(false));
  }

  @Test
  public void takesFewBytesForAMillionInOrder() {
    ByteWriter out = new ByteWriter();
    LongRanges.of(1, 1_000_001).writeTo(out);

    assertThat(out.size(), is(lessThanOrEqualTo(6)));
  }

  @Test
  public void refusesARangeThatEndsBeforeItBegins() {
    assertThrows(IllegalArgumentException.class, () -> LongRanges.of(2, 1));
    byte[] empty =
        new ByteWriter().writeVarint(1).writeSignedVarint(3).writeVarint(0).toByteArray();
    assertThrows(CorruptBytesException.class, () -> LongRanges.readFrom(new ByteReader(empty)));
  }

  private static LongRanges copyThroughBytes(LongRanges ranges) {
    ByteWriter out = new ByteWriter();
    ranges.writeTo(out);
    return LongRanges.readFrom(new ByteReader(out.toByteArray()));
  }
}
