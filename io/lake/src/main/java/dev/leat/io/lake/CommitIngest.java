package dev.leat.io.lake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
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
  private final PCollectionView<List<StagedFile>> eventFiles;
  private final PCollectionView<List<StagedFile>> letterFiles;
  private final PCollectionView<Long> eventCount;
  private final PCollectionView<Long> letterCount;

  CommitIngest(
      LakeTable name,
      IngestPlan plan,
      Map<String, String> properties,
      PCollectionView<List<StagedFile>> eventFiles,
      PCollectionView<List<StagedFile>> letterFiles,
      PCollectionView<Long> eventCount,
      PCollectionView<Long> letterCount) {
    this.name = name;
    this.plan = plan;
    this.properties = properties;
    this.eventFiles = eventFiles;
    this.letterFiles = letterFiles;
    this.eventCount = eventCount;
    this.letterCount = letterCount;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    String runId = context.element();
    List<StagedFile> events = context.sideInput(eventFiles);
    List<StagedFile> letters = context.sideInput(letterFiles);
    Map<String, String> summary =
        summary(events, context.sideInput(eventCount), context.sideInput(letterCount));
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
