package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.jspecify.annotations.Nullable;

/** What a sink needs to know of the run, beside its URI. */
@AutoValue
public abstract class SinkRequest {
  /** Unique for the run: a retry within the run carries the same, another run another. */
  public abstract String runId();

  /** The schema of the rows. */
  public abstract Schema schema();

  /**
   * The event times whose rows the run replaces, by their {@code window_start}; absent when it
   * replaces everything.
   */
  public abstract Optional<TimeRanges> eventTime();

  /**
   * What to remember with the rows, for sinks that can: workflow name and version, input snapshot.
   */
  public abstract ImmutableMap<String, String> properties();

  /** How rows relate, for a live run; absent for a bounded one. */
  public abstract Optional<LiveRows> live();

  /** Whether a live run goes on from the saved state of an earlier one. */
  public abstract boolean isResumed();

  /** The branch of the table that is written; absent for the table as readers see it. */
  public abstract Optional<String> branch();

  /** What must hold at the moment the rows are published; otherwise none are. */
  public abstract Optional<Unmoved> unmoved();

  abstract Builder toBuilder();

  /** For a bounded run. */
  public static SinkRequest of(
      String runId, Schema schema, Optional<TimeRange> eventTime, Map<String, String> properties) {
    return new AutoValue_SinkRequest.Builder()
        .runId(runId)
        .schema(schema)
        .eventTime(eventTime.map(TimeRanges::of))
        .properties(ImmutableMap.copyOf(properties))
        .isResumed(false)
        .build();
  }

  /** With something more to remember. */
  public final SinkRequest withProperty(String name, String value) {
    ImmutableMap<String, String> more =
        ImmutableMap.<String, String>builder().putAll(properties()).put(name, value).build();
    return toBuilder().properties(more).build();
  }

  /** The same for a live run; the rows then have {@link LiveRows#schema}. */
  public final SinkRequest withLive(LiveRows rows) {
    return toBuilder().live(Optional.of(rows)).build();
  }

  /** The same for a run that goes on from saved state. */
  public final SinkRequest resumed() {
    return toBuilder().isResumed(true).build();
  }

  /** The same, replacing only the rows whose windows start at these times. */
  public final SinkRequest replacing(TimeRanges windowStarts) {
    return toBuilder().eventTime(Optional.of(windowStarts)).build();
  }

  /**
   * The same on a branch, which begins as the table is now unless it is there already. For sinks
   * that keep versions.
   */
  public final SinkRequest onBranch(String name) {
    return toBuilder().branch(Optional.of(name)).build();
  }

  /**
   * The same, but publishing only while nobody has moved what it was planned with: a
   * compare-and-set. A run that comes too late publishes nothing and ends without an error, and
   * {@link RowSink#summary} is empty. For sinks that keep versions.
   */
  public final SinkRequest ifStill(Unmoved condition) {
    return toBuilder().unmoved(Optional.of(condition)).build();
  }

  /** Whether only a sink that keeps versions can do it. */
  final boolean needsVersions() {
    return branch().isPresent() || unmoved().isPresent();
  }

  /**
   * That of the versions which remember a property the newest is still the one of a run.
   *
   * @param property one of {@link #properties()} of whoever moves it
   * @param byRun the run's id; null if no version may remember the property
   */
  public record Unmoved(String property, @Nullable String byRun) implements Serializable {}

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder runId(String id);

    abstract Builder schema(Schema schema);

    abstract Builder eventTime(Optional<TimeRanges> windowStarts);

    abstract Builder properties(ImmutableMap<String, String> properties);

    abstract Builder live(Optional<LiveRows> rows);

    abstract Builder isResumed(boolean resumed);

    abstract Builder branch(Optional<String> name);

    abstract Builder unmoved(Optional<Unmoved> condition);

    abstract SinkRequest build();
  }
}
