package dev.leat.io.lake;

import dev.leat.wait.AllOf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one step that makes an ingest visible: the dead letters, then the events. */
final class CommitIngest extends DoFn<String, Void> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CommitIngest.class);

  private final LakeTable name;
  private final IngestPlan plan;
  private final Map<String, String> properties;
  private final AllOf<StagedFile> eventFiles;
  private final AllOf<StagedFile> letterFiles;
  private final AllOf<KV<Long, Long>> taken;

  /**
   * @param taken numbers of events and of dead letters that came
   */
  CommitIngest(
      LakeTable name,
      IngestPlan plan,
      Map<String, String> properties,
      AllOf<StagedFile> eventFiles,
      AllOf<StagedFile> letterFiles,
      AllOf<KV<Long, Long>> taken) {
    this.name = name;
    this.plan = plan;
    this.properties = properties;
    this.eventFiles = eventFiles;
    this.letterFiles = letterFiles;
    this.taken = taken;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    String runId = context.element();
    List<StagedFile> events = eventFiles.of(context);
    List<StagedFile> letters = letterFiles.of(context);
    List<KV<Long, Long>> counts = taken.of(context);
    Map<String, String> summary =
        summary(events, sum(counts, KV::getKey), sum(counts, KV::getValue));
    try (Warehouse warehouse = Warehouse.open(name)) {
      Table eventTable = new RawEvents(name, plan.partitions()).prepare(warehouse);
      Table letterTable = new DeadLetterRows(name.deadLetters()).prepare(warehouse);

      FaultPoint.BEFORE_DEAD_LETTERS.reached();
      boolean stored =
          new BookmarkedAppend(runId, plan.deadLetterBookmark(), plan.files(), summary)
              .commit(letterTable, letters, () -> {});
      FaultPoint.AFTER_DEAD_LETTERS.reached();
      if (stored) {
        stored =
            new BookmarkedAppend(runId, plan.bookmark(), plan.files(), summary)
                .commit(eventTable, events, FaultPoint.EVENTS_PUBLISHED::reached);
        FaultPoint.AFTER_EVENTS.reached();
      } else {
        Staging.discard(eventTable, events, Set.of());
      }
      if (!stored) {
        LOG.info("{}: run {} stores nothing, another ingest took some of its files", name, runId);
      }
    }
  }

  private static long sum(List<KV<Long, Long>> counts, ToLongFunction<KV<Long, Long>> number) {
    return counts.stream().mapToLong(number).sum();
  }

  private Map<String, String> summary(List<StagedFile> events, long read, long letters) {
    long stored = events.stream().mapToLong(StagedFile::rows).sum();
    if (stored != read) {
      throw new IllegalStateException(
          name
              + ": "
              + read
              + " events came but "
              + stored
              + " were written; nothing is committed");
    }
    Map<String, String> summary = new LinkedHashMap<>();
    properties.forEach((key, value) -> summary.put(History.PREFIX + key, value));
    summary.put(History.FILES, Integer.toString(plan.files().size()));
    summary.put(History.READ, Long.toString(read + letters));
    summary.put(History.STORED, Long.toString(stored));
    summary.put(History.DEAD_LETTERS, Long.toString(letters));
    return summary;
  }
}
