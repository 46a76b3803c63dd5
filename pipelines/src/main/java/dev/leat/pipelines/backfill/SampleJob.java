package dev.leat.pipelines.backfill;

import dev.leat.aggregate.KeySample;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.health.Counters;
import dev.leat.io.lake.DerivedTable;
import dev.leat.io.spi.UsageException;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.run.WorkflowOutput;
import dev.leat.pipelines.run.WorkflowTransform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;

/**
 * Runs the workflow for some keys and compares their rows with those that are published. Nothing is
 * written anywhere.
 *
 * <p>All raw rows of the range are read, since only the events tell their keys; what follows, from
 * the first step after which the key is known, works on the sample alone.
 */
final class SampleJob {
  private final Backfill backfill;
  private final Plan plan;
  private final double fraction;
  private final KeySample keys;

  SampleJob(Backfill backfill, Plan plan, double fraction, KeySample keys) {
    this.backfill = backfill;
    this.plan = plan;
    this.fraction = fraction;
    this.keys = keys;
  }

  /**
   * @throws UsageException if no key is in the sample
   */
  Sample run(Launcher launcher) {
    Pipeline pipeline = launcher.newPipeline("leat-sample-" + backfill.workflow().name());
    List<PCollection<DeadLetter>> unread = new ArrayList<>();
    PCollection<EventBlock> events =
        Events.from(
            Events.open(
                backfill.sourceAt(plan.snapshot()),
                Events.request(backfill.workflow()).withEventTime(backfill.range())),
            backfill.workflow(),
            pipeline,
            unread);
    WorkflowOutput result =
        events.apply(
            "Workflow",
            WorkflowTransform.of(backfill.workflow(), Optional.of(backfill.range()))
                .ofSample(keys));
    result
        .rows()
        .apply(
            "Compare",
            new CompareKeys(
                List.copyOf(backfill.aggregation().by().keySet()),
                backfill.rowKey(),
                published(pipeline)));
    long begin = System.nanoTime();
    Counts counts = launcher.run(pipeline);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    return sample(counts, took);
  }

  private PCollection<String> published(Pipeline pipeline) {
    DerivedTable.Published published = plan.published();
    if (published.snapshotId().isEmpty()) {
      return pipeline.apply("Nothing published", Create.empty(StringUtf8Coder.of()));
    }
    return pipeline.apply(
        "Published",
        backfill
            .table()
            .read(
                published.snapshotId().get(),
                backfill.range(),
                List.copyOf(backfill.aggregation().by().keySet()),
                keys::hasRow));
  }

  private Sample sample(Counts counts, Duration took) {
    SortedSet<String> told = counts.textsOf(CompareKeys.TALLY);
    if (told.size() != 1) {
      throw new IllegalStateException("expected one tally of the sample, got " + told.size());
    }
    SampleTally tally = SampleTally.fromJson(told.first());
    if (tally.keys() == 0) {
      throw new UsageException(
          "--sampleFraction: expected a share that some key is in, got "
              + fraction
              + ": of those with events or rows in the range none is; try "
              + Math.min(1, fraction * 10));
    }
    return Sample.of(
        tally,
        fraction,
        plan,
        took,
        counts.of(Counters.READ),
        counts.of(Counters.USED),
        counts.of(Counters.DEAD_LETTERS));
  }
}
