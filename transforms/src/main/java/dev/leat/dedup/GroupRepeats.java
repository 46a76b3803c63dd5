package dev.leat.dedup;

import dev.leat.block.EventBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Drops repeats among all the blocks of a shard at once: what bounded input does instead of state.
 * One pass over the blocks; what is held is a slot of 24 bytes for each id.
 */
final class GroupRepeats extends DoFn<KV<Integer, Iterable<EventBlock>>, EventBlock> {
  private final Horizon horizon;

  GroupRepeats(Horizon horizon) {
    this.horizon = horizon;
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, Iterable<EventBlock>> shard, OutputReceiver<EventBlock> out) {
    Kept kept = new Kept(horizon);
    Sorter sorter = new Sorter(out, null);
    for (EventBlock block : shard.getValue()) {
      EventBlock.Cursor cursor = block.cursor();
      while (cursor.hasNext()) {
        cursor.next();
        sorter.sort(cursor, cursor.isLetter() ? Verdict.NEW : kept.offer(cursor));
      }
    }
    sorter.finish();
  }

  /** The events of a shard that were kept, by id. */
  private static final class Kept {
    private final Horizon horizon;
    private final IdTable ids = new IdTable();
    // Copies of an event have one time. Only ids with several are here, each with all that were
    // kept.
    private final Map<Id, List<Long>> times = new HashMap<>();

    Kept(Horizon horizon) {
      this.horizon = horizon;
    }

    Verdict offer(EventBlock.Cursor copy) {
      long mark = copy.digest() & 0xFF;
      // Milliseconds from Beam's first to its last take 55 bits.
      long packed = (copy.millis() - Horizon.FIRST_MILLIS) << 8 | mark;
      long known = ids.putIfAbsent(copy.hashHigh(), copy.hashLow(), packed);
      if (known == IdTable.ABSENT) {
        return Verdict.NEW;
      }
      if (known == packed) {
        return Verdict.REPEAT;
      }
      long first = (known >>> 8) + Horizon.FIRST_MILLIS;
      return first == copy.millis()
          ? Verdict.CONFLICTING
          : offerAtAnotherTime(new Id(copy.hashHigh(), copy.hashLow()), first, copy.millis());
    }

    private Verdict offerAtAnotherTime(Id id, long first, long time) {
      List<Long> all = times.computeIfAbsent(id, unused -> new ArrayList<>(List.of(first)));
      for (long each : all) {
        if (each == time) {
          return Verdict.REPEAT;
        }
      }
      for (long each : all) {
        if (Math.abs(each - time) <= horizon.millis()) {
          return Verdict.CONFLICTING;
        }
      }
      all.add(time);
      return Verdict.NEW;
    }
  }

  private record Id(long high, long low) {}
}
