package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import dev.leat.range.LongRanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The table of dead letters. It has no bookmark of its own, which would grow with every dead letter
 * that stands alone: what the events' bookmark does not have is looked for in the rows, and a
 * commit holds only if the table is still the one that was looked at. Offsets only grow in a log,
 * so the bounds that the table keeps of its files' columns let it skip them all but after a crash.
 */
record LettersTarget(Table table, Table events, String runId, Map<String, String> properties)
    implements RawTarget {

  @Override
  public FaultPoint published() {
    return FaultPoint.DEAD_LETTERS_PUBLISHED;
  }

  @Override
  public View look(List<LiveFile> files) {
    events.refresh();
    Offsets known = LogBookmark.of(events);
    Offsets asked = new Offsets();
    files.forEach(file -> asked.addAll(file.offsets()));
    if (!known.containsAll(asked)) {
      known.addAll(storedOf(asked));
    }
    boolean unplaced = files.stream().anyMatch(file -> !file.hasLineage());
    return new LettersView(
        this,
        History.headOf(SnapshotUtil.currentAncestors(table)),
        known,
        unplaced ? filesWithoutLineage() : Set.of());
  }

  /** The offsets of rows, at least those that are asked for. */
  private Offsets storedOf(Offsets asked) {
    Offsets stored = new Offsets();
    asked
        .byOrigin()
        .forEach(
            (origin, partitions) ->
                partitions.forEach(
                    (partition, offsets) -> scan(origin, partition, offsets, stored)));
    return stored;
  }

  private void scan(String origin, int partition, LongRanges offsets, Offsets stored) {
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(table)
            .select("origin", "ingest_partition", "ingest_offset")
            .where(
                Expressions.and(
                    Expressions.equal("origin", origin),
                    Expressions.equal("ingest_partition", partition),
                    Expressions.greaterThanOrEqual("ingest_offset", offsets.first()),
                    Expressions.lessThan("ingest_offset", offsets.end())))
            .build()) {
      for (Record row : rows) {
        stored.add(origin, partition, (Long) row.getField("ingest_offset"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table.name(), e);
    }
  }

  private Set<String> filesWithoutLineage() {
    Expression withoutLineage = Expressions.isNull("ingest_time");
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().filter(withoutLineage).planFiles()) {
      Set<String> locations = new HashSet<>();
      tasks.forEach(task -> locations.add(task.file().location()));
      return locations;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + table.name(), e);
    }
  }

  /** What was found in the table at a snapshot. */
  private record LettersView(
      LettersTarget target, @Nullable Long snapshotId, Offsets known, Set<String> unplaced)
      implements View {

    @Override
    public boolean has(LiveFile withoutLineage) {
      return unplaced.contains(withoutLineage.file().location());
    }

    @Override
    public boolean hasNews() {
      return false;
    }

    @Override
    public void describe(AppendFiles append, List<LiveFile> added) {
      long letters = added.stream().mapToLong(file -> file.file().rows()).sum();
      target.properties().forEach((key, value) -> append.set(History.PREFIX + key, value));
      append.set(History.RUN_ID, target.runId());
      append.set(History.DEAD_LETTERS, Long.toString(letters));
      String bookmark = History.bookmarkAsWritten(SnapshotUtil.currentAncestors(target.table()));
      if (bookmark != null) {
        append.set(History.BOOKMARK, bookmark);
      }
      append.validateWith(ancestry -> Objects.equals(snapshotId, History.headOf(ancestry)));
    }

    @Override
    public void discard() {}
  }
}
