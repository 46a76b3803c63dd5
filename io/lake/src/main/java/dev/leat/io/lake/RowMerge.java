package dev.leat.io.lake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/**
 * A batch compared with one snapshot of the table: which of its rows stand, which stored rows they
 * replace, and the files that hold the outcome. Only files with a replaced row, or in whose range a
 * new one falls, are written anew.
 */
final class RowMerge {
  private final Table table;
  private final @Nullable Snapshot snapshot;
  private final RowTarget target;
  private final RowKey key;
  private final RowBatch batch;
  private final Rivals rivals;

  /** Of each file that has some, the positions of the rows that are replaced. */
  private final Map<String, Set<Long>> replaced = new HashMap<>();

  /** Files by their location: two scans give two tasks for one file. */
  private final Map<String, FileScanTask> tasks = new LinkedHashMap<>();

  /** Where a row was that a standing one replaces. */
  private final Map<LiveRow<Row>, String> places = new HashMap<>();

  private final List<LiveRow<Row>> standing = new ArrayList<>();

  private RowMerge(
      Table table, @Nullable Snapshot snapshot, RowTarget target, RowKey key, RowBatch batch) {
    this.table = table;
    this.snapshot = snapshot;
    this.target = target;
    this.key = key;
    this.batch = batch;
    this.rivals = new Rivals(table, target, key);
  }

  /** Compares; writes nothing. */
  static RowMerge of(Table table, RowTarget target, RowKey key, RowBatch batch) {
    RowMerge merge = new RowMerge(table, table.currentSnapshot(), target, key, batch);
    merge.compare();
    return merge;
  }

  /** What it was compared with. */
  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  /** Whether the table is as the batch would have it. */
  boolean isDone() {
    return standing.isEmpty();
  }

  /**
   * Writes the files to be added.
   *
   * @param staged is given each file as it is finished
   * @return the files to be removed
   */
  List<DataFile> write(Consumer<StagedFile> staged) {
    Map<LiveRow<Row>, Record> records = new LinkedHashMap<>();
    for (LiveRow<Row> row : standing) {
      records.put(row, target.rows().record(table, row.row()));
    }
    RowHomes homes = new RowHomes(table, target, key);
    if (snapshot != null) {
      homes.offer(rivals.files(snapshot, homes.near(records.values())));
    }
    Map<String, List<LiveRow<Record>>> toExisting = new LinkedHashMap<>();
    replaced.keySet().forEach(file -> toExisting.put(file, new ArrayList<>()));
    List<LiveRow<Record>> toNew = new ArrayList<>();
    records.forEach(
        (row, record) -> {
          FileScanTask home = homes.of(record, places.get(row));
          if (home == null) {
            toNew.add(row.with(record));
          } else {
            String location = home.file().location();
            tasks.put(location, home);
            toExisting.computeIfAbsent(location, unused -> new ArrayList<>()).add(row.with(record));
          }
        });

    RowFiles files = new RowFiles(table, key, target.version(), staged);
    List<DataFile> removed = new ArrayList<>();
    toExisting.forEach(
        (location, added) -> {
          FileScanTask task = Objects.requireNonNull(tasks.get(location));
          rewrite(files, task, added);
          removed.add(task.file());
        });
    files.write(toNew.size(), 0, toNew::forEach);
    return removed;
  }

  private void rewrite(RowFiles files, FileScanTask task, List<LiveRow<Record>> added) {
    DataFile file = task.file();
    Set<Long> gone = replaced.getOrDefault(file.location(), Set.of());
    Revisions revisions = rivals.revisions(file);
    long rows = file.recordCount() - gone.size() + added.size();
    files.write(
        rows,
        file.fileSizeInBytes() * rows / Math.max(1, file.recordCount()),
        output -> {
          StoredRows.each(
              table,
              task,
              table.schema(),
              (row, position) -> {
                if (!gone.contains(position)) {
                  output.accept(key.stored(row, Rivals.revisionOf(revisions, position), row));
                }
              });
          added.forEach(output);
        });
  }

  private void compare() {
    Map<String, Map<LiveRow<Long>, List<LiveRow<Row>>>> met = new LinkedHashMap<>();
    Set<LiveRow<Row>> beaten = new HashSet<>();
    Set<LiveRow<Row>> unsure = new HashSet<>();
    if (snapshot != null) {
      rivals.each(
          snapshot,
          batch,
          (file, stored, coming) -> {
            String location = file.file().location();
            tasks.put(location, file);
            met.computeIfAbsent(location, unused -> new HashMap<>())
                .computeIfAbsent(stored, unused -> new ArrayList<>(1))
                .add(coming);
            if (!coming.beats(stored)) {
              beaten.add(coming);
            } else if (stored.revision() == LiveRow.UNKNOWN) {
              unsure.add(coming);
            }
          });
    }
    unsure.removeAll(beaten);
    beaten.addAll(new FormerRevisions(rivals, batch).beaten(unsure));
    batch.groups().forEach(standing::addAll);
    standing.removeIf(beaten::contains);
    met.forEach(
        (location, storedRows) ->
            storedRows.forEach(
                (stored, comings) -> {
                  if (!beaten.containsAll(comings)) {
                    replaced.computeIfAbsent(location, unused -> new HashSet<>()).add(stored.row());
                    comings.forEach(coming -> places.putIfAbsent(coming, location));
                  }
                }));
  }
}
