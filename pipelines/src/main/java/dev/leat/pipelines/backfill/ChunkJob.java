package dev.leat.pipelines.backfill;

import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.io.lake.BackfillBranch;
import dev.leat.io.lake.BackfillState;
import dev.leat.io.lake.RunSpeed;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.ReadSize;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.pipelines.job.Counts;
import dev.leat.pipelines.job.Launcher;
import dev.leat.pipelines.run.Events;
import dev.leat.pipelines.run.WorkflowOutput;
import dev.leat.pipelines.run.WorkflowTransform;
import dev.leat.wait.HoldBack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.POutput;

/**
 * Makes the rows of one chunk and commits them to the backfill's branch. Its dead letters are
 * committed before: a chunk that is there has them too.
 */
final class ChunkJob {
  private final Backfill backfill;
  private final BackfillBranch branch;
  private final BackfillState state;
  private final Chunk chunk;
  private final TimeRange replaced;

  ChunkJob(Backfill backfill, BackfillBranch branch, BackfillState state, Chunk chunk) {
    this(backfill, branch, state, chunk, chunk.range());
  }

  /**
   * @param replaced whole partitions, with the chunk in them, whose rows are replaced
   */
  ChunkJob(
      Backfill backfill,
      BackfillBranch branch,
      BackfillState state,
      Chunk chunk,
      TimeRange replaced) {
    this.backfill = backfill;
    this.branch = branch;
    this.state = state;
    this.chunk = chunk;
    this.replaced = replaced;
  }

  Counts run(Launcher launcher, int cores) {
    TimeRange range = chunk.range();
    Map<String, String> speed =
        RunSpeed.begun(
            launcher.runner(), cores, new ReadSize(chunk.files(), chunk.bytes(), chunk.rows()));
    Pipeline pipeline = launcher.newPipeline("leat-backfill-" + backfill.workflow().name());
    List<PCollection<DeadLetter>> letters = new ArrayList<>();
    PCollection<EventBlock> events =
        Events.from(
            Events.open(
                backfill.sourceAt(state.inputSnapshot()),
                Events.request(backfill.workflow()).withEventTime(range)),
            backfill.workflow(),
            pipeline,
            letters);
    WorkflowOutput result =
        events.apply(
            "Workflow",
            WorkflowTransform.of(backfill.workflow(), Optional.of(range)).judgedLater());
    letters.add(result.deadLetters());
    PCollection<String> counts = afterLetters(result.counts(), letters);
    result.rows().apply("Write", branch.write(state, replaced, speed, counts));
    return launcher.run(pipeline);
  }

  /** The counts, which the chunk's commit waits for, once the dead letters are committed. */
  private PCollection<String> afterLetters(
      PCollection<String> counts, List<PCollection<DeadLetter>> letters) {
    POutput written =
        PCollectionList.of(letters)
            .apply("All dead letters", Flatten.pCollections())
            .apply("Dead letter rows", new ChunkLetters(replaced.start()))
            .apply(
                "Write dead letters",
                Connectors.load()
                    .sink(
                        backfill.deadLetters(),
                        SinkRequest.of(
                            backfill.runId() + "/" + replaced.start(),
                            ChunkLetters.SCHEMA,
                            Optional.of(replaced),
                            Map.of(
                                "workflow", backfill.workflow().name(),
                                "workflow-version", backfill.workflow().version())))
                    .write());
    return counts.apply("After dead letters", HoldBack.until((PCollection<?>) written));
  }
}
