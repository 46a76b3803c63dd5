package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.block.EventBlock;
import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PDone;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stores the events and dead letters of logs in the raw lake as they come, each record once.
 *
 * <p><b>Exactly once is by content, not by runner.</b> Every record has an origin, a partition and
 * an offset. The table's bookmark, in the summary of the snapshot with the rows, is the set of
 * those that were taken; what is in it is never added again. A commit is a compare-and-set on it,
 * and is tried again until it is done: a staged file of which all is in the bookmark is a copy and
 * is deleted, one of which a part is in is rewritten without that part, any other is appended. So a
 * retry, a restore from any checkpoint, old or new, a fresh start without one, and two ingests of a
 * log at once add no row twice, and none is lost that the log still has. A fresh start reads on
 * from {@link RawLake#taken}.
 *
 * <p>Dead letters are committed just before the events of the same commit, in the same way. Those
 * without a lineage, which no log gives, are stored at least once. Two ingests at once should map
 * the records alike: one that is an event to the first and a dead letter to the second can become
 * both.
 *
 * <p><b>When rows appear.</b> Each partition's events are written to one file at every multiple of
 * the interval on the clock, or earlier if they outgrow 64 MiB, and the files are committed
 * together: on Flink when the next checkpoint is complete, elsewhere within about a second. On
 * Flink choose the interval of the checkpoints as the interval: a shorter one makes smaller files
 * and shows nothing sooner. A partition is written by one worker; with many tenants or hours at
 * once the work is spread.
 *
 * <p><b>What grows.</b> State holds what an interval brings. A commit is one snapshot; Iceberg
 * merges the manifests of every 100, and the table keeps its last 100 metadata files, but the
 * snapshots themselves, 8,640 a day at ten seconds, stay until they are expired, and each is in the
 * metadata that every commit writes: expire daily. The bookmark takes some ten bytes for a
 * partition, and four more for each gap in its offsets, which compacted and transactional logs
 * have.
 *
 * <p>Events that came without a lineage fail the pipeline. Bounded input works too.
 */
public final class IngestLive extends PTransform<PCollection<EventBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  /** The longest wait for further files of the same moment, where no checkpoint collects them. */
  private static final Duration MAX_SETTLE = Duration.standardSeconds(1);

  private final LakeTable table;
  private final List<RawPartition> partitions;
  private final String runId;
  private final Duration every;
  private final transient @Nullable PCollection<DeadLetter> deadLetters;
  private final ImmutableMap<String, String> properties;

  private IngestLive(
      LakeTable table,
      List<RawPartition> partitions,
      String runId,
      Duration every,
      @Nullable PCollection<DeadLetter> deadLetters,
      Map<String, String> properties) {
    this.table = table;
    this.partitions = partitions;
    this.runId = runId;
    this.every = every;
    this.deadLetters = deadLetters;
    this.properties = ImmutableMap.copyOf(properties);
  }

  static IngestLive of(
      LakeTable table, List<RawPartition> partitions, String runId, Duration every) {
    return new IngestLive(table, partitions, runId, every, null, Map.of());
  }

  /** The records of the same logs that are not events. */
  public IngestLive withDeadLetters(PCollection<DeadLetter> deadLetters) {
    return new IngestLive(table, partitions, runId, every, deadLetters, properties);
  }

  /** What each commit remembers beside the counts, each under {@code leat.} and its name. */
  public IngestLive withProperties(Map<String, String> properties) {
    return new IngestLive(table, partitions, runId, every, deadLetters, properties);
  }

  @Override
  public PDone expand(PCollection<EventBlock> input) {
    RawEvents eventRows = new RawEvents(table, partitions);
    DeadLetterRows letterRows = new DeadLetterRows(table.deadLetters());
    PCollectionList<LiveFile> files = PCollectionList.of(stageEvents(input, eventRows));
    if (deadLetters != null) {
      files = files.and(stageLetters(deadLetters, letterRows));
    }
    files
        .apply("Files", Flatten.pCollections())
        .apply("One committer", WithKeys.of(0))
        .setCoder(KvCoder.of(VarIntCoder.of(), LiveFile.LiveFileCoder.of()))
        .apply(
            "Settle",
            Window.<KV<Integer, LiveFile>>into(new GlobalWindows())
                .triggering(
                    Repeatedly.forever(
                        AfterProcessingTime.pastFirstElementInPane().plusDelayOf(settle())))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply("Together", GroupByKey.create())
        .apply("Commit", ParDo.of(new CommitLive(eventRows, letterRows, runId, properties)));
    return PDone.in(input.getPipeline());
  }

  private PCollection<LiveFile> stageEvents(PCollection<EventBlock> input, RawEvents rows) {
    return input
        .apply("All events", Window.<EventBlock>into(new GlobalWindows()))
        .apply("Route events", ParDo.of(new RouteEvents(partitions)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), RawBlock.RawBlockCoder.of()))
        .apply(
            "Stage events",
            ParDo.of(
                new StageLive<>(
                    LiveFile.Kind.EVENTS,
                    rows,
                    RawBlock.RawBlockCoder.of(),
                    every,
                    StageLive.MAX_BYTES)))
        .setCoder(LiveFile.LiveFileCoder.of());
  }

  private PCollection<LiveFile> stageLetters(PCollection<DeadLetter> letters, DeadLetterRows rows) {
    return letters
        .apply("All dead letters", Window.<DeadLetter>into(new GlobalWindows()))
        .apply("Route dead letters", ParDo.of(new RouteDeadLetters()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), DeadLetterCoder.of()))
        .apply(
            "Stage dead letters",
            ParDo.of(
                new StageLive<>(
                    LiveFile.Kind.DEAD_LETTERS,
                    rows,
                    DeadLetterCoder.of(),
                    every,
                    StageLive.MAX_BYTES)))
        .setCoder(LiveFile.LiveFileCoder.of());
  }

  private Duration settle() {
    Duration tenth = Duration.millis(every.getMillis() / 10);
    return tenth.isShorterThan(MAX_SETTLE) ? tenth : MAX_SETTLE;
  }

  private static final class RouteDeadLetters extends DoFn<DeadLetter, KV<String, DeadLetter>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element DeadLetter letter, OutputReceiver<KV<String, DeadLetter>> output) {
      // The day of ingest is the partition; none for those without a lineage, which so never
      // share a file with the others.
      output.output(KV.of(DeadLetterRows.partitionOf(letter), letter));
    }
  }
}
