package dev.leat.aggregate;

import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The accumulators of a bundle or of a group of blocks, by window and group. */
final class Partials {
  /**
   * What the map is flushed at within a bundle, so that a bundle of many groups stays in memory.
   */
  static final int MAX_GROUPS = 50_000;

  private final Aggregation aggregation;
  private final Map<Key, Accumulator[]> groups = new HashMap<>();

  Partials(Aggregation aggregation) {
    this.aggregation = aggregation;
  }

  /** Adds an event's inputs to a window, given in epoch milliseconds. */
  void add(long start, long end, byte[] group, @Nullable Object[] inputs) {
    Accumulator[] accumulators = at(start, end, group);
    for (int i = 0; i < inputs.length; i++) {
      Object input = inputs[i];
      if (input != null) {
        accumulators[i].add(input);
      }
    }
  }

  /** Merges what accumulators wrote. */
  void merge(long start, long end, byte[] group, ByteReader written) {
    for (Accumulator accumulator : at(start, end, group)) {
      accumulator.merge(written);
    }
  }

  /** Merges accumulators, which stay as they are. */
  void mergeAll(long start, long end, byte[] group, Accumulator[] others) {
    ByteWriter written = new ByteWriter();
    for (Accumulator other : others) {
      other.write(written);
    }
    merge(start, end, group, new ByteReader(written.toByteArray()));
  }

  int size() {
    return groups.size();
  }

  /** All entries, each as a window, a group and its accumulators. */
  Iterable<Map.Entry<Key, Accumulator[]>> entries() {
    return groups.entrySet();
  }

  void clear() {
    groups.clear();
  }

  /**
   * The entries with the windows of each group joined where they overlap, as Beam's sessions are:
   * one that begins where another ends is another session.
   */
  Partials withSessionsJoined() {
    Map<Group, List<Map.Entry<Key, Accumulator[]>>> byGroup = new HashMap<>();
    groups
        .entrySet()
        .forEach(
            entry ->
                byGroup
                    .computeIfAbsent(new Group(entry.getKey().group), key -> new ArrayList<>())
                    .add(entry));
    Partials joined = new Partials(aggregation);
    byGroup.values().forEach(windows -> join(windows, joined));
    return joined;
  }

  private static void join(List<Map.Entry<Key, Accumulator[]>> windows, Partials target) {
    windows.sort(Comparator.comparingLong(entry -> entry.getKey().start));
    int from = 0;
    while (from < windows.size()) {
      Key first = windows.get(from).getKey();
      long end = first.end;
      int to = from + 1;
      while (to < windows.size() && windows.get(to).getKey().start < end) {
        end = Math.max(end, windows.get(to).getKey().end);
        to++;
      }
      for (Map.Entry<Key, Accumulator[]> window : windows.subList(from, to)) {
        target.mergeAll(first.start, end, first.group, window.getValue());
      }
      from = to;
    }
  }

  private Accumulator[] at(long start, long end, byte[] group) {
    return groups.computeIfAbsent(new Key(start, end, group), key -> aggregation.accumulators());
  }

  /** A window in epoch milliseconds and an encoded group. */
  static final class Key {
    final long start;
    final long end;
    final byte[] group;

    Key(long start, long end, byte[] group) {
      this.start = start;
      this.end = end;
      this.group = group;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key
          && start == ((Key) other).start
          && end == ((Key) other).end
          && Arrays.equals(group, ((Key) other).group);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Long.hashCode(start) + Long.hashCode(end)) + Arrays.hashCode(group);
    }
  }

  private static final class Group {
    private final byte[] bytes;

    Group(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Group && Arrays.equals(bytes, ((Group) other).bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
