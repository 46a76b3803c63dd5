package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.block.EventBlock;
import dev.leat.block.EventBlockCoder;
import dev.leat.block.RecordBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.ingest.Mapping;
import dev.leat.wait.AllOf;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
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

  /**
   * The records of the same files that are not events, besides those that the blocks have. A second
   * collection ends the chain of functions before the shuffle; in the blocks they cost nothing.
   */
  public IngestEvents withDeadLetters(PCollection<DeadLetter> deadLetters) {
    return new IngestEvents(table, runId, plan, deadLetters, properties);
  }

  /** What the commit remembers beside the counts, each under {@code leat.} and its name. */
  public IngestEvents withProperties(Map<String, String> properties) {
    return new IngestEvents(table, runId, plan, deadLetters, properties);
  }

  /**
   * The same of the records that the files have, parsed by a mapping: less work than to parse them
   * before, since nothing else is made of the events. Of the dead letters only those of the parsing
   * are stored.
   */
  public PTransform<PCollection<RecordBlock>, PDone> parsing(Mapping mapping) {
    return new PTransform<>() {
      @Override
      public PDone expand(PCollection<RecordBlock> records) {
        return store(
            records.apply("All records", Window.<RecordBlock>into(new GlobalWindows())),
            new RouteIngest.OfRecords(plan.partitions(), plan.deadLettersStored(), mapping));
      }
    };
  }

  @Override
  public PDone expand(PCollection<EventBlock> input) {
    return store(
        withLetters(input.apply("All events", Window.<EventBlock>into(new GlobalWindows()))),
        new RouteIngest.OfEvents(plan.partitions(), plan.deadLettersStored()));
  }

  private <T> PDone store(PCollection<T> input, RouteIngest<T> route) {
    PCollectionTuple written =
        input
            .apply("Route", ParDo.of(route))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), Routed.RoutedCoder.of()))
            .apply("By partition", GroupByKey.create())
            .apply(
                "Write",
                ParDo.of(
                        new WriteRouted(
                            new RawEvents(table, plan.partitions()),
                            new DeadLetterRows(table.deadLetters())))
                    .withOutputTags(
                        WriteRouted.EVENT_FILES,
                        TupleTagList.of(WriteRouted.LETTER_FILES).and(WriteRouted.TAKEN)));
    AllOf<StagedFile> eventFiles =
        AllOf.gather("Event files", filesOf(written, WriteRouted.EVENT_FILES));
    AllOf<StagedFile> letterFiles =
        AllOf.gather("Dead letter files", filesOf(written, WriteRouted.LETTER_FILES));
    AllOf<KV<Long, Long>> taken =
        AllOf.gather(
            "Counts",
            written
                .get(WriteRouted.TAKEN)
                .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of())));

    input
        .getPipeline()
        .apply("Once", Create.of(runId))
        .apply(
            "Commit",
            ParDo.of(new CommitIngest(table, plan, properties, eventFiles, letterFiles, taken))
                .withSideInputs(eventFiles.view(), letterFiles.view(), taken.view()));
    return PDone.in(input.getPipeline());
  }

  private PCollection<EventBlock> withLetters(PCollection<EventBlock> events) {
    if (deadLetters == null) {
      return events;
    }
    PCollection<EventBlock> letters =
        deadLetters
            .apply("All dead letters", Window.<DeadLetter>into(new GlobalWindows()))
            .apply("In blocks", MapElements.via(new InBlock()))
            .setCoder(EventBlockCoder.of());
    return PCollectionList.of(events).and(letters).apply("And letters", Flatten.pCollections());
  }

  private static PCollection<StagedFile> filesOf(
      PCollectionTuple written, TupleTag<StagedFile> tag) {
    return written.get(tag).setCoder(StagedFile.StagedFileCoder.of());
  }

  private static final class InBlock extends SimpleFunction<DeadLetter, EventBlock> {
    private static final long serialVersionUID = 1L;

    @Override
    public EventBlock apply(DeadLetter letter) {
      return new EventBlock.Builder().addLetter(letter).build();
    }
  }
}
