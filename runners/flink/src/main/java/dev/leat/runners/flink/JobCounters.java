package dev.leat.runners.flink;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * The counters of the embedded cluster's jobs while they run. Beam gives Flink its own totals only
 * when a step ends ({@code FlinkMetricContainer.registerMetricsForPipelineResult}), and a live
 * job's never do; each step's counters are among Flink's metrics all along.
 *
 * <p>A step that is restarted counts again what it reads again.
 */
public final class JobCounters implements MetricReporter {
  /** Lines of Flink's configuration that make it known here. */
  static final String REPORTER_SETTING =
      "metrics.reporter.leat.factory.class: " + Factory.class.getName();

  /** Between namespace and name, in {@code FlinkMetricContainerBase}. */
  private static final String SEPARATOR = ".";

  private static final Map<String, JobCounters.OfJob> JOBS = new ConcurrentHashMap<>();

  private JobCounters() {}

  /** Sums over the steps and workers of a job of this process, by name. */
  static Map<String, Long> of(String job, String namespace) {
    OfJob counters = JOBS.get(job);
    return counters == null ? Map.of() : counters.sums(namespace + SEPARATOR);
  }

  @Override
  public void open(MetricConfig config) {}

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    String job = group.getAllVariables().get("<job_id>");
    if (metric instanceof Counter && job != null) {
      JOBS.computeIfAbsent(job, unused -> new OfJob()).alive.put((Counter) metric, name);
    }
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    String job = group.getAllVariables().get("<job_id>");
    OfJob counters = job == null ? null : JOBS.get(job);
    if (counters != null && metric instanceof Counter && counters.alive.remove(metric) != null) {
      counters.ended.merge(name, ((Counter) metric).getCount(), Long::sum);
    }
  }

  private static final class OfJob {
    private final Map<Counter, String> alive = new ConcurrentHashMap<>();
    private final Map<String, Long> ended = new ConcurrentHashMap<>();

    Map<String, Long> sums(String prefix) {
      Map<String, Long> sums = new TreeMap<>();
      ended.forEach((name, count) -> add(sums, prefix, name, count));
      alive.forEach((counter, name) -> add(sums, prefix, name, counter.getCount()));
      return sums;
    }

    private static void add(Map<String, Long> sums, String prefix, String name, long count) {
      if (name.startsWith(prefix)) {
        sums.merge(name.substring(prefix.length()), count, Long::sum);
      }
    }
  }

  /** Flink finds it among the services of {@link MetricReporterFactory}. */
  public static final class Factory implements MetricReporterFactory {
    @Override
    public MetricReporter createMetricReporter(Properties properties) {
      return new JobCounters();
    }
  }
}
