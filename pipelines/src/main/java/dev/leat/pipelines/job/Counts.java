package dev.leat.pipelines.job;

import dev.leat.health.Counters;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** What a job has counted, by the names of {@link Counters}. What was never counted is 0. */
public record Counts(Map<String, Long> byName) {
  public static final Counts NONE = new Counts(Map.of());

  private static final MetricsFilter LEAT =
      MetricsFilter.builder()
          .addNameFilter(MetricNameFilter.inNamespace(Counters.NAMESPACE))
          .build();

  /** Sums each counter over the steps; committed values where the runner has them. */
  static Counts of(PipelineResult result) {
    Map<String, Long> counts = new TreeMap<>();
    for (MetricResult<Long> metric : result.metrics().queryMetrics(LEAT).getCounters()) {
      Long committed = metric.hasCommitted() ? metric.getCommittedOrNull() : null;
      long value = committed != null ? committed : metric.getAttempted();
      counts.merge(metric.getName().getName(), value, Long::sum);
    }
    return new Counts(Map.copyOf(counts));
  }

  public long of(String name) {
    return byName.getOrDefault(name, 0L);
  }
}
