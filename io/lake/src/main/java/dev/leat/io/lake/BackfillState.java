package dev.leat.io.lake;

import com.google.common.collect.ImmutableList;
import dev.leat.io.spi.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How far a backfill is, as the commits on its branch tell it.
 *
 * @param id of this backfill: one that is begun anew has another
 * @param workflow name and version of it
 * @param source what is read
 * @param inputSnapshot the source's snapshot that is read, for all chunks that are still to be made
 * @param oldestInput the one that the chunks that are there were made of, or an older one
 * @param base the table's version that it was begun on; empty if it had none
 * @param head the branch's newest commit
 * @param chunks those that are committed, in the order of time
 * @param audit what the rules of quality said once all chunks were there: empty before that, a text
 *     without characters if they hold, else a line for each broken one
 * @param isPublished whether readers see it
 */
public record BackfillState(
    String id,
    Workflow workflow,
    String source,
    TimeRange range,
    long inputSnapshot,
    long oldestInput,
    Optional<Long> base,
    long head,
    ImmutableList<Chunk> chunks,
    Optional<String> audit,
    boolean isPublished) {

  /**
   * What makes the rows.
   *
   * @param lookups what its lookups held when the backfill was begun, as a short text; empty if it
   *     has none
   */
  public record Workflow(String name, String version, String lookups) {}

  /**
   * A part that was committed.
   *
   * @param counts for the audit of the whole
   */
  public record Chunk(TimeRange range, String counts) {}

  /** What is still to be made, in the order of time. */
  public List<TimeRange> missing() {
    List<TimeRange> missing = new ArrayList<>();
    Instant from = range.start();
    List<Chunk> ordered =
        chunks.stream().sorted(Comparator.comparing(chunk -> chunk.range().start())).toList();
    for (Chunk chunk : ordered) {
      if (from.isBefore(chunk.range().start())) {
        missing.add(TimeRange.of(from, chunk.range().start()));
      }
      from = chunk.range().end();
    }
    if (from.isBefore(range.end())) {
      missing.add(TimeRange.of(from, range.end()));
    }
    return missing;
  }

  /** Whether all chunks are there and were audited. */
  public boolean isFinished() {
    return audit.isPresent();
  }
}
