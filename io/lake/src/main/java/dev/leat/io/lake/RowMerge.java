package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;
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

  /** Of each file that has some, the positions of the rows that are replaced. */
  private final Map<String, Set<Long>> replaced = new HashMap<>();

  /** Files by their location: two scans give two tasks for one file. */
  private final Map<String, FileScanTask> tasks = new LinkedHashMap<>();

  private final List<LiveRow<Row>> standing = new ArrayList<>();

  private RowMerge(
      Table table, @Nullable Snapshot snapshot, RowTarget target, RowKey key, RowBatch batch) {
    this.table = table;
    this.snapshot = snapshot;
    this.target = target;
    this.key = key;
    this.batch = batch;
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
    List<LiveRow<Record>> records = new ArrayList<>();
    for (LiveRow<Row> row : standing) {
      records.add(row.with(target.rows().record(table, row.row())));
    }
    RowHomes homes = new RowHomes(table, target, key);
    if (snapshot != null) {
      homes.offer(plan(homes.near(records)));
    }
    Map<String, List<LiveRow<Record>>> toExisting = new LinkedHashMap<>();
    replaced.keySet().forEach(file -> toExisting.put(file, new ArrayList<>()));
    List<LiveRow<Record>> toNew = new ArrayList<>();
    for (LiveRow<Record> row : records) {
      FileScanTask home = homes.of(row.row());
      if (home == null) {
        toNew.add(row);
      } else {
        tasks.put(home.file().location(), home);
        toExisting.computeIfAbsent(home.file().location(), unused -> new ArrayList<>()).add(row);
      }
    }

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
    Revisions revisions = revisions(file);
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
                  output.accept(stored(row, row, revisions, position));
                }
              });
          added.forEach(output);
        });
  }

  private void compare() {
    Map<String, Map<Long, LiveRow<Long>>> rivals = new LinkedHashMap<>();
    Set<LiveRow<Row>> beaten = new HashSet<>();
    if (snapshot != null) {
      Schema places = TypeUtil.select(table.schema(), ids(key.placeColumns()));
      for (FileScanTask task : plan(new RivalFilter(key, table.schema()).of(batch))) {
        Revisions revisions = revisions(task.file());
        Map<Long, LiveRow<Long>> found = new HashMap<>();
        StoredRows.each(
            table,
            task,
            places,
            (row, position) -> {
              LiveRow<Long> stored = stored(row, position, revisions, position);
              for (LiveRow<Row> coming : batch.ofGroup(stored)) {
                if (coming.rivals(stored)) {
                  found.put(position, stored);
                  if (!coming.beats(stored)) {
                    beaten.add(coming);
                  }
                }
              }
            });
        if (!found.isEmpty()) {
          tasks.put(task.file().location(), task);
          rivals.put(task.file().location(), found);
        }
      }
    }
    batch
        .groups()
        .forEach(
            group -> group.stream().filter(row -> !beaten.contains(row)).forEach(standing::add));
    rivals.forEach(
        (file, found) -> {
          Set<Long> gone = new HashSet<>();
          found.forEach(
              (position, stored) -> {
                for (LiveRow<Row> coming : batch.ofGroup(stored)) {
                  if (!beaten.contains(coming) && coming.rivals(stored)) {
                    gone.add(position);
                  }
                }
              });
          if (!gone.isEmpty()) {
            replaced.put(file, gone);
          }
        });
  }

  private <T> LiveRow<T> stored(
      Record record, T row, @Nullable Revisions revisions, long position) {
    return key.stored(record, revisions == null ? 0 : revisions.at(position), row);
  }

  private @Nullable Revisions revisions(DataFile file) {
    return key.appends() ? null : Revisions.of(table, file, target.version());
  }

  private List<FileScanTask> plan(Expression filter) {
    TableScan scan = table.newScan().useSnapshot(Objects.requireNonNull(snapshot).snapshotId());
    try (CloseableIterable<FileScanTask> tasks =
        scan.filter(filter).includeColumnStats().planFiles()) {
      List<FileScanTask> list = new ArrayList<>();
      tasks.forEach(list::add);
      return list;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
  }

  private Set<Integer> ids(List<String> names) {
    Set<Integer> ids = new HashSet<>();
    names.forEach(name -> ids.add(table.schema().findField(name).fieldId()));
    return ids;
  }
}
