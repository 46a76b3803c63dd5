package dev.leat.io.spi;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;

/** What a sink needs to know of the run, beside its URI. */
@AutoValue
public abstract class SinkRequest {
  /** Unique for the run: a retry within the run carries the same, another run another. */
  public abstract String runId();

  /** The schema of the rows. */
  public abstract Schema schema();

  /** The range of event time that the run recomputes; absent when it recomputes everything. */
  public abstract Optional<TimeRange> eventTime();

  /**
   * What to remember with the rows, for sinks that can: workflow name and version, input snapshot.
   */
  public abstract ImmutableMap<String, String> properties();

  /** How rows relate, for a live run; absent for a bounded one. */
  public abstract Optional<LiveRows> live();

  /** Whether a live run goes on from the saved state of an earlier one. */
  public abstract boolean isResumed();

  /** For a bounded run. */
  public static SinkRequest of(
      String runId, Schema schema, Optional<TimeRange> eventTime, Map<String, String> properties) {
    return new AutoValue_SinkRequest(
        runId, schema, eventTime, ImmutableMap.copyOf(properties), Optional.empty(), false);
  }

  /** With something more to remember. */
  public final SinkRequest withProperty(String name, String value) {
    ImmutableMap<String, String> more =
        ImmutableMap.<String, String>builder().putAll(properties()).put(name, value).build();
    return new AutoValue_SinkRequest(runId(), schema(), eventTime(), more, live(), isResumed());
  }

  /** The same for a live run; the rows then have {@link LiveRows#schema}. */
  public final SinkRequest withLive(LiveRows rows) {
    return new AutoValue_SinkRequest(
        runId(), schema(), eventTime(), properties(), Optional.of(rows), isResumed());
  }

  /** The same for a run that goes on from saved state. */
  public final SinkRequest resumed() {
    return new AutoValue_SinkRequest(runId(), schema(), eventTime(), properties(), live(), true);
  }
}
