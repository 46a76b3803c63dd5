package dev.leat.pipelines.run;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.lake.Increment;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import java.util.Map;
import java.util.Optional;

/**
 * How much of its result a bounded run makes anew.
 *
 * @param eventTime the range that was asked for; absent for all events
 * @param part what an incremental run found to be touched; absent for all
 * @param properties what the commit must remember besides
 * @param condition on which it commits
 */
record Extent(
    Optional<TimeRange> eventTime,
    Optional<Increment.Part> part,
    ImmutableMap<String, String> properties,
    Optional<SinkRequest.Unmoved> condition) {

  static Extent of(Optional<TimeRange> eventTime, Map<String, String> properties) {
    return new Extent(
        eventTime, Optional.empty(), ImmutableMap.copyOf(properties), Optional.empty());
  }

  /** The same for a sink: what it replaces, and when. */
  SinkRequest on(SinkRequest request) {
    SinkRequest replacing = part.map(it -> request.replacing(it.windowStarts())).orElse(request);
    return condition.map(replacing::ifStill).orElse(replacing);
  }
}
