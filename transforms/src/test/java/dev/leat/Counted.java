package dev.leat;

import static com.google.common.collect.ImmutableMap.toImmutableMap;

import dev.leat.health.Counters;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** The counters of a run, by name, over all steps. */
public final class Counted {
  private Counted() {}

  public static Map<String, Long> in(PipelineResult run) {
    run.waitUntilFinish();
    MetricsFilter ours =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(Counters.NAMESPACE))
            .build();
    return StreamSupport.stream(run.metrics().queryMetrics(ours).getCounters().spliterator(), false)
        .collect(
            toImmutableMap(
                result -> result.getName().getName(), MetricResult::getAttempted, Long::sum));
  }
}
