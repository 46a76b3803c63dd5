package dev.leat.io.kafka;

import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import dev.leat.range.LongRanges;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Where the reading of each partition begins and ends, resolved when a run is planned.
 *
 * <p>A partition of which something is taken goes on at the first offset that is not. Offsets
 * without a record, which nobody can take, are passed over. Those before the first that was taken
 * are wanted too, where they are retained and not before {@code start}: what was taken need not
 * have been taken from its beginning. With {@code start=latest} they are not.
 */
final class OffsetPlan {
  private final SourceSettings settings;
  private final String origin;
  private final LogView log;
  private final Map<Integer, Long> begins;
  private final Map<Integer, Long> ends;

  OffsetPlan(SourceSettings settings, String origin, LogView log) {
    this.settings = settings;
    this.origin = origin;
    this.log = log;
    this.begins = log.begins();
    this.ends = log.ends();
  }

  /**
   * @throws UnreachableException if records that were not taken are retained no longer
   * @throws UsageException if {@code start} names an offset that does not exist
   */
  Map<Integer, Long> starts(Offsets taken) {
    Map<Integer, Long> wanted = place("start", settings.start(), begins);
    Map<Integer, Long> starts = new TreeMap<>();
    wanted.forEach(
        (partition, offset) ->
            starts.put(partition, start(partition, offset, taken.of(origin, partition))));
    return starts;
  }

  /** Never behind the end of what there is now. */
  Map<Integer, Long> ends() {
    Map<Integer, Long> wanted = place("until", settings.end().orElse(new Place.Latest()), ends);
    wanted.replaceAll((partition, offset) -> Math.min(offset, end(partition)));
    return wanted;
  }

  private Map<Integer, Long> place(String name, Place place, Map<Integer, Long> others) {
    if (place instanceof Place.Earliest) {
      return new TreeMap<>(begins);
    }
    if (place instanceof Place.AtTime at) {
      return new TreeMap<>(log.at(at.time()));
    }
    if (place instanceof Place.AtOffsets at) {
      Map<Integer, Long> offsets = new TreeMap<>(others);
      at.byPartition()
          .forEach(
              (partition, offset) -> {
                if (!ends.containsKey(partition)) {
                  throw new UsageException(
                      name + ": " + settings.address() + " has no partition " + partition);
                }
                offsets.put(partition, offset);
              });
      return offsets;
    }
    return new TreeMap<>(ends);
  }

  private long start(int partition, long wanted, LongRanges taken) {
    long begin = begin(partition);
    if (taken.isEmpty()) {
      if (wanted > end(partition)) {
        throw startBehindEnd(partition, wanted);
      }
      return reachable(partition, wanted);
    }
    if (taken.end() > end(partition)) {
      throw takenBehindEnd(partition, taken.end());
    }
    boolean fromTaken = settings.start() instanceof Place.Latest || wanted >= taken.first();
    long from = fromTaken ? taken.first() : wanted;
    if (from < taken.first() && from < begin) {
      // start=partition:offset named records that were never taken and are gone.
      from = reachable(partition, from);
    }
    return reachable(partition, firstNotTaken(partition, from, taken));
  }

  /** The first offset from {@code from} that is not taken and, as far as can be seen, a record. */
  private long firstNotTaken(int partition, long from, LongRanges taken) {
    long begin = begin(partition);
    long next = from;
    for (LongRanges.Range range : taken.ranges()) {
      if (range.end() <= next) {
        continue;
      }
      if (next < range.start()) {
        if (next < begin && !settings.isGapAccepted()) {
          return next;
        }
        OptionalLong record =
            log.firstRecord(partition, Math.max(begin, next), Math.max(begin, range.start()));
        if (record.isPresent()) {
          return record.getAsLong();
        }
      }
      next = range.end();
    }
    return next;
  }

  private long reachable(int partition, long offset) {
    long begin = begin(partition);
    if (offset >= begin) {
      return offset;
    }
    if (settings.isGapAccepted()) {
      return begin;
    }
    throw gap(settings.address(), partition, offset, begin);
  }

  static UnreachableException gap(TopicAddress address, int partition, long wanted, long begin) {
    return new UnreachableException(
        address
            + ": partition "
            + partition
            + " is retained from offset "
            + begin
            + ", but the first one not yet taken is "
            + wanted
            + ": up to "
            + (begin - wanted)
            + " records are lost to this run. To go on without them: onGap=continue; to keep more,"
            + " raise the topic's retention.ms and retention.bytes");
  }

  private UsageException startBehindEnd(int partition, long start) {
    return new UsageException(
        "start: partition "
            + partition
            + " of "
            + settings.address()
            + " ends at offset "
            + end(partition)
            + "; expected at most that, got "
            + start);
  }

  private UnreachableException takenBehindEnd(int partition, long taken) {
    return new UnreachableException(
        settings.address()
            + ": partition "
            + partition
            + " ends at offset "
            + end(partition)
            + ", but records up to offset "
            + (taken - 1)
            + " were taken: the topic seems to have been deleted and made again. Write it into"
            + " another table, or under another topic");
  }

  private long begin(int partition) {
    return begins.getOrDefault(partition, 0L);
  }

  private long end(int partition) {
    return ends.getOrDefault(partition, 0L);
  }
}
