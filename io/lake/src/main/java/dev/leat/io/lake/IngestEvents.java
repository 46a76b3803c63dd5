package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.wait.AllOf;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.jspecify.annotations.Nullable;

/**
 * Stores bounded events and dead letters in the raw lake, all or none: when all files are written,
 * one step commits the dead letters and then the events, each with the bookmark of the files they
 * came from. If another run moved a bookmark since the plan was made nothing is stored and the
 * pipeline ends well; {@link RawLake#committed} tells.
 *
 * <p>A plan is for one mapping: a rerun after a crash between the two commits keeps the dead
 * letters of the first run, so it should map the files in the same way.
 */
public final class IngestEvents extends PTransform<PCollection<EventBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final String runId;
  private final IngestPlan plan;
  private final transient @Nullable PCollection<DeadLetter> deadLetters;
  private final ImmutableMap<String, String> properties;

  private IngestEvents(
      LakeTable table,
      String runId,
      IngestPlan plan,
      @Nullable PCollection<DeadLetter> deadLetters,
      Map<String, String> properties) {
    this.table = table;
    this.runId = runId;
    this.plan = plan;
    this.deadLetters = deadLetters;
    this.properties = ImmutableMap.copyOf(properties);
  }

  static IngestEvents of(LakeTable table, String runId, IngestPlan plan) {
    return new IngestEvents(table, runId, plan, null, Map.of());
  }

  /** The records of the same files that are not events. */
  public IngestEvents withDeadLetters(PCollection<DeadLetter> deadLetters) {
    return new IngestEvents(table, runId, plan, deadLetters, properties);
  }

  /** What the commit remembers beside the counts, each under {@code leat.} and its name. */
  public IngestEvents withProperties(Map<String, String> properties) {
    return new IngestEvents(table, runId, plan, deadLetters, properties);
  }

  @Override
  public PDone expand(PCollection<EventBlock> input) {
    PCollection<EventBlock> events =
        input.apply("All events", Window.<EventBlock>into(new GlobalWindows()));
    PCollection<DeadLetter> letters =
        (deadLetters != null
                ? deadLetters
                : input.getPipeline().apply("No dead letters", Create.empty(DeadLetterCoder.of())))
            .apply("All dead letters", Window.<DeadLetter>into(new GlobalWindows()));

    AllOf<StagedFile> eventFiles =
        AllOf.gather(
            "Event files",
            events
                .apply("Route events", ParDo.of(new RouteEvents(plan.partitions())))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), RawBlock.RawBlockCoder.of()))
                .apply("Write events", new WriteFiles<>(new RawEvents(table, plan.partitions()))));
    AllOf<StagedFile> letterFiles =
        AllOf.gather(
            "Dead letter files",
            letters
                .apply(
                    "Route dead letters", ParDo.of(new RouteDeadLetters(plan.deadLettersStored())))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), DeadLetterCoder.of()))
                .apply(
                    "Write dead letters",
                    new WriteFiles<>(new DeadLetterRows(table.deadLetters()))));
    AllOf<Long> eventCount =
        AllOf.gather(
            "Event count",
            events
                .apply("Events in a block", ParDo.of(new CountEvents()))
                .setCoder(VarLongCoder.of())
                .apply("Count events", Sum.longsGlobally().withoutDefaults()));
    AllOf<Long> letterCount =
        AllOf.gather(
            "Dead letter count",
            letters.apply(
                "Count dead letters",
                Combine.globally(Count.<DeadLetter>combineFn()).withoutDefaults()));

    input
        .getPipeline()
        .apply("Once", Create.of(runId))
        .apply(
            "Commit",
            ParDo.of(
                    new CommitIngest(
                        table, plan, properties, eventFiles, letterFiles, eventCount, letterCount))
                .withSideInputs(
                    eventFiles.view(), letterFiles.view(), eventCount.view(), letterCount.view()));
    return PDone.in(input.getPipeline());
  }

  private static final class CountEvents extends DoFn<EventBlock, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element EventBlock block, OutputReceiver<Long> output) {
      output.output((long) block.count());
    }
  }

  private static final class RouteDeadLetters extends DoFn<DeadLetter, KV<String, DeadLetter>> {
    private static final long serialVersionUID = 1L;

    private final Set<String> stored;

    RouteDeadLetters(Set<String> stored) {
      this.stored = stored;
    }

    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<KV<String, DeadLetter>> output) {
      var ingest = letter.ingest();
      if (ingest == null || !stored.contains(ingest.origin())) {
        output.output(KV.of(DeadLetterRows.partitionOf(letter), letter));
      }
    }
  }
}
