package dev.leat.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.util.Set;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.Test;

public class DirectRunsTest {

  @Test
  public void tunesWhatWasNotGiven() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);

    assertThat(DirectRuns.prepare(options, false, Set.of()), is(empty()));

    assertThat(options.getTargetParallelism(), is(greaterThanOrEqualTo(2)));
    assertThat(options.isEnforceImmutability(), is(false));
    assertThat(options.isEnforceEncodability(), is(true));
  }

  @Test
  public void leavesWhatWasGiven() {
    DirectOptions options =
        PipelineOptionsFactory.fromArgs(
                "--targetParallelism=1",
                "--enforceImmutability=true",
                "--enforceEncodability=false")
            .as(DirectOptions.class);

    Set<String> given = Set.of("targetParallelism", "enforceImmutability", "enforceEncodability");
    assertThat(DirectRuns.prepare(options, false, given), is(empty()));

    assertThat(options.getTargetParallelism(), is(1));
    assertThat(options.isEnforceImmutability(), is(true));
    assertThat(options.isEnforceEncodability(), is(false));
  }

  @Test
  public void refusesNoParallelism() {
    PipelineOptions options = PipelineOptionsFactory.fromArgs("--targetParallelism=0").create();

    assertThat(
        DirectRuns.prepare(options, false, Set.of("targetParallelism")),
        contains("targetParallelism: expected 1 or more, got 0"));
  }

  @Test
  public void groupsByKey() {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(DirectRuns.runner());
    assertThat(DirectRuns.prepare(options, false, Set.of()), is(empty()));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(KV.of("a", 1), KV.of("b", 2), KV.of("a", 3)))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new CountGroups()));

    PipelineResult run = pipeline.run();
    run.waitUntilFinish();
    Iterable<MetricResult<Long>> counters =
        run.metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(CountGroups.class))
                    .build())
            .getCounters();

    assertThat(counters.iterator().next().getAttempted(), is(42L));
  }

  private static final class CountGroups extends DoFn<KV<String, Iterable<Integer>>, Void> {
    private final Counter sum = Metrics.counter(CountGroups.class, "sum");

    /** Of a: 1 + 3, times 10; of b: 2. */
    @ProcessElement
    public void process(@Element KV<String, Iterable<Integer>> group) {
      for (int value : group.getValue()) {
        sum.inc(group.getKey().equals("a") ? 10L * value : value);
      }
    }
  }
}
