package dev.leat.io.lake;

import com.google.common.collect.ImmutableMap;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.wait.AllOf;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one step that makes a chunk's rows part of a backfill's branch. If the branch has the chunk
 * already, from another run of the same backfill, or is another backfill's by now, it does nothing.
 */
final class CommitChunk extends DoFn<String, Void> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CommitChunk.class);

  private final Target target;
  private final AllOf<StagedFile> files;
  private final PCollectionView<String> counts;

  /**
   * Where the chunk belongs.
   *
   * @param backfill its id
   */
  record Target(
      DerivedRows rows,
      String branch,
      String backfill,
      Instant start,
      Instant end,
      ImmutableMap<String, String> properties)
      implements Serializable {
    TimeRange chunk() {
      return TimeRange.of(start, end);
    }
  }

  CommitChunk(Target target, AllOf<StagedFile> files, PCollectionView<String> counts) {
    this.target = target;
    this.files = files;
    this.counts = counts;
  }

  @ProcessElement
  public void process(ProcessContext context) {
    List<StagedFile> staged = files.of(context);
    FaultPoint.CHUNK_WRITTEN.reached();
    try (Warehouse warehouse = Warehouse.open(target.rows().name())) {
      Table table = target.rows().prepare(warehouse);
      commit(table, staged, context.sideInput(counts));
    }
    FaultPoint.CHUNK_COMMITTED.reached();
  }

  private void commit(Table table, List<StagedFile> staged, String audit) {
    String commit = UUID.randomUUID().toString();
    try (Publication publication = Publication.of(table, commit, staged)) {
      OverwriteFiles overwrite =
          table
              .newOverwrite()
              .toBranch(target.branch())
              .overwriteByRowFilter(Replacement.startingIn(TimeRanges.of(target.chunk())));
      publication.dataFiles().forEach(overwrite::addFile);
      target.properties().forEach((key, value) -> overwrite.set(History.PREFIX + key, value));
      BackfillCommit.chunks(
              target.backfill(), List.of(new BackfillState.Chunk(target.chunk(), audit)))
          .forEach(overwrite::set);
      overwrite.set(History.COMMIT_ID, commit);
      overwrite.validateWith(
          ancestry -> BackfillCommit.lacks(target.backfill(), target.chunk(), ancestry));
      FaultPoint.CHUNK_PUBLISHED.reached();
      try {
        overwrite.commit();
      } catch (RuntimeException e) {
        if (!hasCommitted(table, commit, e)) {
          Staging.discard(table, staged, Set.of());
          publication.settled();
          if (!(e instanceof ValidationException)) {
            throw e;
          }
          LOG.info(
              "{}: branch {} has the chunk from {} already, or is another backfill's",
              target.rows().name(),
              target.branch(),
              target.start());
          return;
        }
      }
      publication.settled();
    }
  }

  /** Whether it is there after all, because an answer was lost. */
  private boolean hasCommitted(Table table, String commit, RuntimeException failure) {
    table.refresh();
    for (Snapshot snapshot : table.snapshots()) {
      if (commit.equals(snapshot.summary().get(History.COMMIT_ID))) {
        return true;
      }
    }
    if (!(failure instanceof CleanableFailure)) {
      // It may still happen: nothing that it names may be deleted.
      throw failure;
    }
    return false;
  }
}
