package dev.leat.io.lake;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.jspecify.annotations.Nullable;

/** What the commits of a backfill have in their summaries, and what they tell together. */
final class BackfillCommit {
  /** The backfill's id: all its commits have it. */
  static final String ID = History.PREFIX + "backfill";

  /** The whole range, {@code start/end}: in the commits that begin it or put it on a new base. */
  static final String RANGE = History.PREFIX + "backfill-range";

  /** The version that it was begun on. */
  static final String BASE = History.PREFIX + "backfill-base";

  /** The chunks that a commit has, {@code start/end}, with a space between two. */
  static final String CHUNKS = History.PREFIX + "backfill-chunks";

  /** What their audit needs, in their order. */
  static final String COUNTS = History.PREFIX + "backfill-counts";

  /** Once all chunks are there: {@link #PASSED}, or a line for each broken rule. */
  static final String AUDIT = History.PREFIX + "backfill-audit";

  /** The oldest snapshot of the source that chunks were made of. */
  static final String OLDEST_INPUT = History.PREFIX + "backfill-oldest-input";

  static final String SOURCE = History.PREFIX + "source";
  static final String LOOKUPS = History.PREFIX + "lookups";

  static final String PASSED = "passed";
  private static final String NONE = "none";

  private BackfillCommit() {}

  /** Entries of the commit that begins a backfill, or puts it on another base. */
  static Map<String, String> begin(
      String id, TimeRange range, @Nullable Long base, long inputSnapshot, long oldestInput) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(ID, id);
    entries.put(RANGE, text(range));
    entries.put(BASE, base == null ? NONE : Long.toString(base));
    entries.put(History.INPUT_SNAPSHOT, Long.toString(inputSnapshot));
    entries.put(OLDEST_INPUT, Long.toString(oldestInput));
    return entries;
  }

  static Map<String, String> chunks(String id, List<BackfillState.Chunk> chunks) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(ID, id);
    if (!chunks.isEmpty()) {
      entries.put(
          CHUNKS,
          chunks.stream().map(chunk -> text(chunk.range())).collect(Collectors.joining(" ")));
      entries.put(
          COUNTS,
          chunks.stream().map(BackfillState.Chunk::counts).collect(Collectors.joining(" ")));
    }
    return entries;
  }

  /** Whether the line of a branch, newest first, is of a backfill and lacks all of a chunk. */
  static boolean lacks(String id, TimeRange chunk, Iterable<Snapshot> ancestry) {
    for (Snapshot snapshot : ancestry) {
      if (!id.equals(snapshot.summary().get(ID))) {
        return false;
      }
      for (BackfillState.Chunk done : chunksOf(snapshot)) {
        if (overlap(done.range(), chunk)) {
          return false;
        }
      }
      if (snapshot.summary().containsKey(RANGE)) {
        return !snapshot.summary().containsKey(AUDIT);
      }
    }
    return false;
  }

  /**
   * Reads the line of a branch, newest first.
   *
   * @return empty if its newest commit is of no backfill
   */
  static Optional<BackfillState> state(Iterable<Snapshot> ancestry, boolean isPublished) {
    Snapshot head = null;
    String audit = null;
    List<BackfillState.Chunk> chunks = new ArrayList<>();
    for (Snapshot snapshot : ancestry) {
      Map<String, String> summary = snapshot.summary();
      String id = summary.get(ID);
      head = head == null ? snapshot : head;
      if (id == null || !id.equals(head.summary().get(ID))) {
        break;
      }
      audit = audit == null ? summary.get(AUDIT) : audit;
      chunks.addAll(chunksOf(snapshot));
      if (summary.containsKey(RANGE)) {
        chunks.sort((a, b) -> a.range().start().compareTo(b.range().start()));
        String base = summary.getOrDefault(BASE, NONE);
        return Optional.of(
            new BackfillState(
                id,
                new BackfillState.Workflow(
                    summary.getOrDefault(History.WORKFLOW, ""),
                    summary.getOrDefault(History.WORKFLOW_VERSION, ""),
                    summary.getOrDefault(LOOKUPS, "")),
                summary.getOrDefault(SOURCE, ""),
                range(summary.getOrDefault(RANGE, "")),
                History.number(snapshot, History.INPUT_SNAPSHOT),
                History.number(snapshot, OLDEST_INPUT),
                base.equals(NONE) ? Optional.empty() : Optional.of(Long.parseLong(base)),
                head.snapshotId(),
                ImmutableList.copyOf(chunks),
                Optional.ofNullable(audit).map(text -> text.equals(PASSED) ? "" : text),
                isPublished));
      }
    }
    return Optional.empty();
  }

  private static List<BackfillState.Chunk> chunksOf(Snapshot snapshot) {
    List<String> ranges = words(snapshot.summary().get(CHUNKS));
    List<String> counts = words(snapshot.summary().get(COUNTS));
    List<BackfillState.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      chunks.add(new BackfillState.Chunk(range(ranges.get(i)), counts.get(i)));
    }
    return chunks;
  }

  private static List<String> words(@Nullable String text) {
    return text == null ? List.of() : Splitter.on(' ').splitToList(text);
  }

  static boolean overlap(TimeRange a, TimeRange b) {
    return a.start().isBefore(b.end()) && b.start().isBefore(a.end());
  }

  private static String text(TimeRange range) {
    return range.start() + "/" + range.end();
  }

  private static TimeRange range(String text) {
    List<String> ends = Splitter.on('/').splitToList(text);
    return TimeRange.of(Instant.parse(ends.get(0)), Instant.parse(ends.get(1)));
  }
}
