package dev.leat.range;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CorruptBytesException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A set of whole numbers, kept as its ranges: numbers that follow one another take the room of one.
 * Grows only. Not safe for use by several threads.
 *
 * <p>Encoded as a count, then for each range the distance from the end of the one before and its
 * length, all as varints: one range that begins at a small number takes about six bytes however
 * long it is.
 */
public final class LongRanges implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Half-open: {@code start} is in it, {@code end} is not. */
  public record Range(long start, long end) {}

  private final TreeMap<Long, Long> endByStart = new TreeMap<>();

  public LongRanges() {}

  public static LongRanges copyOf(LongRanges other) {
    LongRanges copy = new LongRanges();
    copy.endByStart.putAll(other.endByStart);
    return copy;
  }

  /** The numbers from {@code start} until just before {@code end}. */
  public static LongRanges of(long start, long end) {
    LongRanges ranges = new LongRanges();
    ranges.add(start, end);
    return ranges;
  }

  /** Adds a number below {@link Long#MAX_VALUE}; returns whether it is new. */
  public boolean add(long number) {
    if (contains(number)) {
      return false;
    }
    add(number, Math.addExact(number, 1));
    return true;
  }

  /**
   * Adds the numbers from {@code start} until just before {@code end}; none if they are equal.
   *
   * @throws IllegalArgumentException if start is after end
   */
  public void add(long start, long end) {
    if (start > end) {
      throw new IllegalArgumentException("expected start <= end, got " + start + " and " + end);
    }
    if (start == end) {
      return;
    }
    long first = start;
    long last = end;
    Map.Entry<Long, Long> before = endByStart.floorEntry(start);
    if (before != null && before.getValue() >= start) {
      first = before.getKey();
      last = Math.max(last, before.getValue());
    }
    Map.Entry<Long, Long> next = endByStart.higherEntry(first);
    while (next != null && next.getKey() <= last) {
      last = Math.max(last, next.getValue());
      endByStart.remove(next.getKey());
      next = endByStart.higherEntry(first);
    }
    endByStart.put(first, last);
  }

  public void addAll(LongRanges other) {
    other.endByStart.forEach(this::add);
  }

  public boolean contains(long number) {
    Map.Entry<Long, Long> range = endByStart.floorEntry(number);
    return range != null && number < range.getValue();
  }

  /** Whether every number of {@code other} is in this set. */
  public boolean containsAll(LongRanges other) {
    for (Map.Entry<Long, Long> range : other.endByStart.entrySet()) {
      Map.Entry<Long, Long> around = endByStart.floorEntry(range.getKey());
      if (around == null || around.getValue() < range.getValue()) {
        return false;
      }
    }
    return true;
  }

  /** Whether a number is in both sets. */
  public boolean intersects(LongRanges other) {
    for (Map.Entry<Long, Long> range : other.endByStart.entrySet()) {
      Map.Entry<Long, Long> around = endByStart.lowerEntry(range.getValue());
      if (around != null && around.getValue() > range.getKey()) {
        return true;
      }
    }
    return false;
  }

  /** The numbers that lie between the first and the last and are not in this set. */
  public List<Range> gaps() {
    List<Range> gaps = new ArrayList<>();
    Long end = null;
    for (Map.Entry<Long, Long> range : endByStart.entrySet()) {
      if (end != null) {
        gaps.add(new Range(end, range.getKey()));
      }
      end = range.getValue();
    }
    return gaps;
  }

  /** The numbers from {@code start} until just before {@code end} that are not in this set. */
  public LongRanges missing(long start, long end) {
    LongRanges missing = new LongRanges();
    Map.Entry<Long, Long> before = endByStart.floorEntry(start);
    long next = before == null ? start : Math.max(start, before.getValue());
    for (Map.Entry<Long, Long> range : endByStart.tailMap(start, false).entrySet()) {
      if (next >= end) {
        return missing;
      }
      missing.add(next, Math.min(range.getKey(), end));
      next = range.getValue();
    }
    if (next < end) {
      missing.add(next, end);
    }
    return missing;
  }

  /** The numbers of {@code other} that are not in this set. */
  public LongRanges missing(LongRanges other) {
    LongRanges missing = new LongRanges();
    other.endByStart.forEach((start, end) -> missing.addAll(missing(start, end)));
    return missing;
  }

  /** In ascending order, none touching the next. */
  public List<Range> ranges() {
    List<Range> ranges = new ArrayList<>(endByStart.size());
    endByStart.forEach((start, end) -> ranges.add(new Range(start, end)));
    return ranges;
  }

  public boolean isEmpty() {
    return endByStart.isEmpty();
  }

  /**
   * The first number.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public long first() {
    return endByStart.firstKey();
  }

  /**
   * One after the last number.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public long end() {
    long last = endByStart.lastKey();
    return Objects.requireNonNull(endByStart.get(last));
  }

  /** How many ranges there are. */
  public int count() {
    return endByStart.size();
  }

  /** How many numbers are in the set. */
  public long size() {
    long size = 0;
    for (Map.Entry<Long, Long> range : endByStart.entrySet()) {
      size += range.getValue() - range.getKey();
    }
    return size;
  }

  public void writeTo(ByteWriter out) {
    out.writeVarint(endByStart.size());
    long end = 0;
    for (Map.Entry<Long, Long> range : endByStart.entrySet()) {
      out.writeSignedVarint(range.getKey() - end);
      end = range.getValue();
      out.writeVarint(end - range.getKey());
    }
  }

  /**
   * @throws CorruptBytesException if the bytes are not those of {@link #writeTo}
   */
  public static LongRanges readFrom(ByteReader in) {
    LongRanges ranges = new LongRanges();
    long end = 0;
    for (int count = in.readCount(); count > 0; count--) {
      long start = end + in.readSignedVarint();
      end = start + in.readVarint();
      if (end <= start) {
        throw new CorruptBytesException("a range from " + start + " to " + end);
      }
      ranges.add(start, end);
    }
    return ranges;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LongRanges && endByStart.equals(((LongRanges) other).endByStart);
  }

  @Override
  public int hashCode() {
    return endByStart.hashCode();
  }

  /** For example {@code 0-9,12,20-29}: the last number of each range included. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    endByStart.forEach(
        (start, end) -> {
          text.append(text.isEmpty() ? "" : ",").append(start);
          if (end - start > 1) {
            text.append('-').append(end - 1);
          }
        });
    return text.toString();
  }
}
