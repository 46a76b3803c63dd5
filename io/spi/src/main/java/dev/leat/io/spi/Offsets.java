package dev.leat.io.spi;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.range.LongRanges;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which records of which logs: for each partition of each origin the offsets, as ranges. An origin
 * and an offset are those of the records' lineage, so the same record is the same offset whoever
 * reads it and however often. Grows only. Not safe for use by several threads.
 */
public final class Offsets implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, TreeMap<Integer, LongRanges>> byOrigin = new TreeMap<>();

  public Offsets() {}

  public static Offsets copyOf(Offsets other) {
    Offsets copy = new Offsets();
    copy.addAll(other);
    return copy;
  }

  /** Whether an offset is in both. */
  public boolean intersects(Offsets other) {
    return other.byOrigin.entrySet().stream()
        .anyMatch(
            origin ->
                origin.getValue().entrySet().stream()
                    .anyMatch(
                        partition ->
                            of(origin.getKey(), partition.getKey())
                                .intersects(partition.getValue())));
  }

  public boolean containsAll(Offsets other) {
    return other.byOrigin.entrySet().stream()
        .allMatch(
            origin ->
                origin.getValue().entrySet().stream()
                    .allMatch(
                        partition ->
                            of(origin.getKey(), partition.getKey())
                                .containsAll(partition.getValue())));
  }

  public boolean contains(String origin, int partition, long offset) {
    return of(origin, partition).contains(offset);
  }

  /** Adds one; returns whether it is new. */
  public boolean add(String origin, int partition, long offset) {
    return ranges(origin, partition).add(offset);
  }

  /** Adds those from {@code start} until just before {@code end}. */
  public void add(String origin, int partition, long start, long end) {
    if (start != end) {
      ranges(origin, partition).add(start, end);
    }
  }

  public void addAll(Offsets other) {
    other.byOrigin.forEach(
        (origin, partitions) ->
            partitions.forEach((partition, ranges) -> ranges(origin, partition).addAll(ranges)));
  }

  /** Those of one partition; treat them as immutable. Empty if there are none. */
  public LongRanges of(String origin, int partition) {
    TreeMap<Integer, LongRanges> partitions = byOrigin.get(origin);
    LongRanges ranges = partitions == null ? null : partitions.get(partition);
    return ranges == null ? new LongRanges() : ranges;
  }

  /** By origin and partition; treat it as immutable. */
  public Map<String, TreeMap<Integer, LongRanges>> byOrigin() {
    return byOrigin;
  }

  public boolean isEmpty() {
    return byOrigin.isEmpty();
  }

  /** How many records. */
  public long size() {
    return byOrigin.values().stream()
        .flatMap(partitions -> partitions.values().stream())
        .mapToLong(LongRanges::size)
        .sum();
  }

  public void writeTo(ByteWriter out) {
    out.writeVarint(byOrigin.size());
    byOrigin.forEach(
        (origin, partitions) -> {
          out.writeString(origin).writeVarint(partitions.size());
          partitions.forEach(
              (partition, ranges) -> {
                out.writeVarint(partition);
                ranges.writeTo(out);
              });
        });
  }

  /**
   * @throws dev.leat.bytes.CorruptBytesException if the bytes are not those of {@link #writeTo}
   */
  public static Offsets readFrom(ByteReader in) {
    Offsets offsets = new Offsets();
    for (int origins = in.readCount(); origins > 0; origins--) {
      String origin = in.readString();
      for (int partitions = in.readCount(); partitions > 0; partitions--) {
        int partition = (int) in.readVarint();
        offsets.ranges(origin, partition).addAll(LongRanges.readFrom(in));
      }
    }
    return offsets;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Offsets && byOrigin.equals(((Offsets) other).byOrigin);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(byOrigin);
  }

  /** For example {@code {kafka://c1/flights={0=0-99, 1=0-87}}}. */
  @Override
  public String toString() {
    return byOrigin.toString();
  }

  private LongRanges ranges(String origin, int partition) {
    return byOrigin
        .computeIfAbsent(origin, unused -> new TreeMap<>())
        .computeIfAbsent(partition, unused -> new LongRanges());
  }
}
