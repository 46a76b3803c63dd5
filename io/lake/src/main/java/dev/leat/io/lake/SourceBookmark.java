package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;

/**
 * What a derived table agrees with: the whole of it is what a run makes of its source at that
 * snapshot. It is part of the commit of that run, so it moves with the rows, and is rolled back
 * with them.
 *
 * @param runId of the run that put it there, by which it is told from any other
 * @param sourceVersion the snapshot of the source
 * @param properties all that the run left, without {@code leat.}
 */
public record SourceBookmark(
    String runId, long sourceVersion, ImmutableMap<String, String> properties) {

  /** The property of a run, beside which it must put what the next has to agree with. */
  public static final String PROPERTY = History.SOURCE_BOOKMARK.substring(History.PREFIX.length());

  /** The property with the snapshot of the table of late events that a run has seen to. */
  static final String LATE = "late-bookmark";

  static Optional<SourceBookmark> newest(Iterable<Snapshot> ancestry) {
    return History.newestWith(History.SOURCE_BOOKMARK, ancestry).map(SourceBookmark::of);
  }

  private static SourceBookmark of(Snapshot snapshot) {
    Map<String, String> summary = snapshot.summary();
    ImmutableMap.Builder<String, String> properties = ImmutableMap.builder();
    summary.forEach(
        (key, value) -> {
          if (key.startsWith(History.PREFIX)) {
            properties.put(key.substring(History.PREFIX.length()), value);
          }
        });
    return new SourceBookmark(
        summary.getOrDefault(History.RUN_ID, ""),
        Long.parseLong(summary.getOrDefault(History.SOURCE_BOOKMARK, "0")),
        properties.build());
  }

  public Optional<String> property(String name) {
    return Optional.ofNullable(properties.get(name));
  }
}
