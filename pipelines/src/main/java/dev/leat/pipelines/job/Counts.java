package dev.leat.pipelines.job;

import dev.leat.health.Counters;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;

/**
 * What a job has counted, by the names of {@link Counters}. What was never counted is 0.
 *
 * @param texts sets of texts by name; only at the end of bounded runs
 */
public record Counts(Map<String, Long> byName, Map<String, SortedSet<String>> texts) {
  public static final Counts NONE = new Counts(Map.of());

  /** Without texts. */
  public Counts(Map<String, Long> byName) {
    this(byName, Map.of());
  }

  private static final MetricsFilter LEAT =
      MetricsFilter.builder()
          .addNameFilter(MetricNameFilter.inNamespace(Counters.NAMESPACE))
          .build();

  /** Sums each counter over the steps; committed values where the runner has them. */
  static Counts of(PipelineResult result) {
    Map<String, Long> counts = new TreeMap<>();
    MetricQueryResults metrics = result.metrics().queryMetrics(LEAT);
    for (MetricResult<Long> metric : metrics.getCounters()) {
      Long committed = metric.hasCommitted() ? metric.getCommittedOrNull() : null;
      long value = committed != null ? committed : metric.getAttempted();
      counts.merge(metric.getName().getName(), value, Long::sum);
    }
    Map<String, SortedSet<String>> texts = new TreeMap<>();
    for (MetricResult<StringSetResult> metric : metrics.getStringSets()) {
      texts
          .computeIfAbsent(metric.getName().getName(), name -> new TreeSet<>())
          .addAll(metric.getAttempted().getStringSet());
    }
    return new Counts(Map.copyOf(counts), Map.copyOf(texts));
  }

  public long of(String name) {
    return byName.getOrDefault(name, 0L);
  }

  /** The same without a name. */
  public Counts without(String name) {
    Map<String, Long> others = new TreeMap<>(byName);
    others.remove(name);
    return new Counts(Map.copyOf(others), texts);
  }

  /** The texts of a name, sorted. */
  public SortedSet<String> textsOf(String name) {
    return texts.getOrDefault(name, Collections.emptySortedSet());
  }
}
