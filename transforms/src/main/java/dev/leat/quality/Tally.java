package dev.leat.quality;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.leat.bytes.ByteReader;
import dev.leat.bytes.ByteWriter;
import dev.leat.bytes.CodecCoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.values.TypeDescriptor;

/** What was counted of some events and rows. Tallies add up in any order. */
@AutoValue
abstract class Tally {
  abstract long events();

  /** The latest event time, in epoch milliseconds; {@link Long#MIN_VALUE} without events. */
  abstract long lastMillis();

  abstract long rows();

  /** For each rule its own counts; none at all where no event was counted. */
  abstract ImmutableList<ImmutableMap<Long, Long>> cells();

  static Tally ofRows(long rows) {
    return new AutoValue_Tally(0, Long.MIN_VALUE, rows, ImmutableList.of());
  }

  static Tally ofEvents(long events, long lastMillis, List<? extends Map<Long, Long>> cells) {
    return new AutoValue_Tally(events, lastMillis, 0, copyOf(cells));
  }

  /** The counts of a rule, by its place in the list of rules. */
  final Map<Long, Long> cellsOf(int rule) {
    return rule < cells().size() ? cells().get(rule) : ImmutableMap.of();
  }

  static Tally sum(Iterable<Tally> tallies) {
    long events = 0;
    long lastMillis = Long.MIN_VALUE;
    long rows = 0;
    List<Map<Long, Long>> cells = new ArrayList<>();
    for (Tally each : tallies) {
      events += each.events();
      lastMillis = Math.max(lastMillis, each.lastMillis());
      rows += each.rows();
      for (int i = 0; i < each.cells().size(); i++) {
        if (i == cells.size()) {
          cells.add(new TreeMap<>());
        }
        Map<Long, Long> sums = cells.get(i);
        each.cells().get(i).forEach((cell, count) -> sums.merge(cell, count, Long::sum));
      }
    }
    return new AutoValue_Tally(events, lastMillis, rows, copyOf(cells));
  }

  /** Sorted, so that equal tallies have equal bytes. */
  private static ImmutableList<ImmutableMap<Long, Long>> copyOf(
      List<? extends Map<Long, Long>> cells) {
    return cells.stream()
        .map(each -> ImmutableMap.copyOf(new TreeMap<>(each)))
        .collect(ImmutableList.toImmutableList());
  }

  static final class TallyCoder extends CodecCoder<Tally> {
    private static final long serialVersionUID = 1L;
    private static final TallyCoder INSTANCE = new TallyCoder();

    private TallyCoder() {}

    static TallyCoder of() {
      return INSTANCE;
    }

    @Override
    protected void write(Tally tally, ByteWriter out) {
      out.writeVarint(tally.events())
          .writeFixed64(tally.lastMillis())
          .writeVarint(tally.rows())
          .writeVarint(tally.cells().size());
      for (Map<Long, Long> cells : tally.cells()) {
        out.writeVarint(cells.size());
        cells.forEach((cell, count) -> out.writeSignedVarint(cell).writeVarint(count));
      }
    }

    @Override
    protected Tally read(ByteReader in) {
      long events = in.readVarint();
      long lastMillis = in.readFixed64();
      long rows = in.readVarint();
      List<Map<Long, Long>> rules = new ArrayList<>();
      for (int left = in.readCount(); left > 0; left--) {
        Map<Long, Long> cells = new TreeMap<>();
        for (int more = in.readCount(); more > 0; more--) {
          cells.put(in.readSignedVarint(), in.readVarint());
        }
        rules.add(cells);
      }
      return new AutoValue_Tally(events, lastMillis, rows, copyOf(rules));
    }

    @Override
    public TypeDescriptor<Tally> getEncodedTypeDescriptor() {
      return TypeDescriptor.of(Tally.class);
    }
  }
}
