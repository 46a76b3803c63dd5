package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.counts;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Small files into large ones, with the same rows, beside whoever writes meanwhile. */
public final class TableCompactionTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;
  private ConnectorUri counts;
  private ConnectorUri raw;
  private RawLake lake;

  @Before
  public void nameTables() {
    warehouse = folder.getRoot().toPath();
    counts = uri(warehouse, "marts.counts");
    raw = uri(warehouse, "raw.events");
    lake = RawLake.of(raw);
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void manyFilesOfAPartitionBecomeOneWithTheSameRows() {
    try (LiveFixture live = new LiveFixture(lake.table())) {
      for (int i = 0; i < 5; i++) {
        live.commit().commit(List.of(live.stageEvents(2 * i, 2 * i + 2)));
      }
      List<String> before = rows(raw);

      Compacted found = TableCompaction.find(raw);
      Compacted done = TableCompaction.compact(raw);
      Compacted again = TableCompaction.compact(raw);

      assertThat(found.files(), is(5));
      assertThat(found.written(), is(0));
      assertThat(done.files(), is(5));
      assertThat(done.written(), is(1));
      assertThat(done.partitions(), is(1));
      assertThat(done.rows(), is(10L));
      assertThat(done.bytesWritten(), is(lessThan(done.bytes())));
      assertThat(again, is(Compacted.NOTHING));
      assertThat(rows(raw), is(before));
      assertThat(rows(raw), hasSize(10));
      assertThat(LakeTables.dataFiles(raw), hasSize(1));
      TableVersion head = LakeTables.history(raw).get(0);
      assertThat(head.operation(), is(DataOperations.REPLACE));
      assertThat(head.rows(), is(10L));
      assertThat(LakeTables.history(raw), hasSize(6));
      // Ingest goes on where it stood, and takes nothing twice.
      assertThat(lake.taken(), is(offsets(0, 10)));
      live.commit().commit(List.of(live.stageEvents(8, 12)));
      assertThat(rows(raw), hasSize(12));
      // The version before is still whole.
      String former = Long.toString(LakeTables.history(raw).get(2).snapshotId());
      TableRollback.roll(raw, former);
      assertThat(rows(raw), is(before));
      assertThat(LakeTables.dataFiles(raw), hasSize(5));
    }
  }

  @Test
  public void partitionsStayApart() {
    commit(hour(13, "a", 1));
    commit(hour(14, "b", 1), hour(30, "c", 1));
    // A file of another workflow's version, which is not to be mixed with the first.
    LiveRowsFixture.commit(
        target(counts, LiveRowsFixture.COUNTS, REPLACED, "v2"), hour(15, "d", 1), hour(50, "e", 1));

    TableCompaction.compact(counts);

    assertThat(
        counts(counts),
        contains(
            "2015-09-12T13:00Z a 1",
            "2015-09-12T14:00Z b 1",
            "2015-09-12T15:00Z d 1",
            "2015-09-13T06:00Z c 1",
            "2015-09-14T02:00Z e 1"));
  }

  @Test
  public void revisionsGoWithTheirRows() {
    RowTarget target = target(counts, REPLACED);
    appendApart(target, hour(15, "c", 9), hour(13, "a", 5), hour(14, "b", 7));
    int files = LakeTables.dataFiles(counts).size();

    Compacted done = TableCompaction.compact(counts);

    assertThat(files, is(3));
    assertThat(done.files(), is(3));
    assertThat(LakeTables.dataFiles(counts), hasSize(1));
    // Older revisions change nothing, newer ones replace.
    commit(hour(13, "a", 4), hour(14, "b", 6), hour(15, "c", 8));
    assertThat(
        counts(counts),
        contains("2015-09-12T13:00Z a 5", "2015-09-12T14:00Z b 7", "2015-09-12T15:00Z c 9"));
    commit(hour(13, "a", 6), hour(14, "b", 7), hour(15, "c", 10));
    assertThat(
        counts(counts),
        contains("2015-09-12T13:00Z a 6", "2015-09-12T14:00Z b 7", "2015-09-12T15:00Z c 10"));
  }

  @Test
  public void filesOfAnotherVersionOfTheWorkflowStayApart() {
    appendApart(target(counts, REPLACED), hour(13, "a", 5), hour(14, "b", 7));
    appendApart(
        target(counts, LiveRowsFixture.COUNTS, REPLACED, "v2"), hour(15, "c", 1), hour(16, "d", 1));

    Compacted done = TableCompaction.compact(counts);

    assertThat(done.files(), is(4));
    assertThat(done.written(), is(2));
    commit(hour(13, "a", 4), hour(15, "c", 1));
    // Those of the other version are not known to this one, so a live row takes their place.
    assertThat(
        counts(counts),
        contains(
            "2015-09-12T13:00Z a 5",
            "2015-09-12T14:00Z b 7",
            "2015-09-12T15:00Z c 1",
            "2015-09-12T16:00Z d 1"));
  }

  @Test
  public void anIngestThatSlipsInIsNeitherLostNorRepeated() {
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageEvents(0, 2)));
      live.commit().commit(List.of(live.stageEvents(2, 4)));
      LiveFile elsewhereFile = live.stageEvents(4, 6);
      once(
          () -> {
            // Another machine's, which does not share the lock.
            Table elsewhere = reopened(lake.table());
            ((LocalFiles) elsewhere.io())
                .publish(elsewhereFile.file().staged(), elsewhereFile.file().location());
            elsewhere
                .newAppend()
                .appendFile(elsewhereFile.file().dataFile(elsewhere))
                .set(History.OFFSETS, LogBookmark.write(elsewhere, offsets(0, 6)))
                .commit();
          });

      Compacted done = TableCompaction.compact(raw);

      assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2", "e3", "e4", "e5"));
      assertThat(lake.taken(), is(offsets(0, 6)));
      assertThat(LakeTables.dataFiles(raw), hasSize(1));
      // The first two, and then those with the one that slipped in.
      assertThat(done.files(), is(4));
      assertThat(filesUnder(warehouse.resolve("raw/events/staging"), ".tmp"), is(empty()));
    }
  }

  @Test
  public void aFileThatALiveRunChangedIsLeftToTheNextAttempt() {
    RowTarget target = target(counts, REPLACED);
    appendApart(target, hour(13, "a", 5), hour(14, "b", 7), hour(15, "c", 9));
    once(
        () -> {
          Table elsewhere = reopened(LakeTable.parse(counts));
          elsewhere
              .newDelete()
              .deleteFile(LakeTables.dataFiles(counts).get(0))
              .set(History.COMMIT_ID, "other")
              .commit();
        });
    List<String> before = counts(counts);

    Compacted done = TableCompaction.compact(counts);

    assertThat(before, hasSize(3));
    assertThat(counts(counts), hasSize(2));
    assertThat(done.files(), is(2));
    assertThat(done.written(), is(1));
    assertThat(filesUnder(warehouse, ".tmp"), is(empty()));
  }

  @Test
  public void aCrashBeforeTheCommitChangesNothing() {
    commit(hour(13, "a", 1));
    appendApart(target(counts, REPLACED), hour(14, "b", 7));
    once(
        () -> {
          throw new IllegalStateException("killed");
        });

    assertThrows(IllegalStateException.class, () -> TableCompaction.compact(counts));

    assertThat(counts(counts), contains("2015-09-12T13:00Z a 1", "2015-09-12T14:00Z b 7"));
    assertThat(LakeTables.history(counts), hasSize(2));
    // Whoever commits next moves what lies in its place back; then it is swept.
    Compacted done = TableCompaction.compact(counts);
    assertThat(done.files(), is(2));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 1", "2015-09-12T14:00Z b 7"));
    assertThat(
        Orphans.sweep(LakeTable.parse(counts), Instant.parse("2200-01-01T00:00:00Z")).count(),
        is(1));
    assertThat(filesUnder(warehouse.resolve("marts/counts/data"), ".parquet"), hasSize(3));
  }

  @Test
  public void deadLettersAreCompactedButThoseWithoutALineage() {
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageLetters(0, 2)));
      live.commit().commit(List.of(live.stageLetters(2, 3)));
      LiveFile withoutLineage = live.stageLettersWithoutLineage(1);
      live.commit().commit(List.of(withoutLineage));
      live.commit().commit(List.of(live.stageLettersWithoutLineage(1)));

      ConnectorUri letters = uri(warehouse, "raw.events_dead_letters");
      Compacted done = TableCompaction.compact(letters);

      assertThat(done.files(), is(2));
      assertThat(done.written(), is(1));
      assertThat(
          column(lake.table().deadLetters(), "ingest_offset"),
          contains("0", "1", "2", "null", "null"));
      // A checkpoint delivers it again: it is known by its file.
      live.commit().commit(List.of(withoutLineage));
      assertThat(column(lake.table().deadLetters(), "ingest_offset"), hasSize(5));
    }
  }

  @Test
  public void aPlainParquetReaderReadsWhatWasCompacted() throws Exception {
    appendApart(target(counts, REPLACED), hour(13, "a", 5), hour(14, "b", 7), hour(30, "c", 1));
    appendApart(target(counts, REPLACED), hour(31, "d", 2));
    long before = LakeTables.history(counts).get(0).snapshotId();
    TableCompaction.compact(counts);
    String sql =
        "select strftime(window_start at time zone 'UTC', '%d %H'), page, edits from"
            + " read_parquet(['%s']) order by 1";
    List<String> expected = List.of("12 13|a|5", "12 14|b|7", "13 06|c|1", "13 07|d|2");

    List<String> compacted = LakeTables.dataFiles(counts);
    TableRollback.roll(counts, Long.toString(before));
    List<String> rolledBack = LakeTables.dataFiles(counts);

    assertThat(compacted, hasSize(2));
    assertThat(rolledBack, hasSize(4));
    assertThat(query(sql, compacted), is(expected));
    assertThat(query(sql, rolledBack), is(expected));
  }

  @Test
  public void aTableThatIsNotThereIsUnreachable() {
    assertThrows(UnreachableException.class, () -> TableCompaction.compact(counts));
  }

  private static List<String> query(String sql, List<String> files) throws Exception {
    return DuckDbTest.query(sql.replace("%s", String.join("','", files)));
  }

  private void commit(Row... rows) {
    LiveRowsFixture.commit(target(counts, REPLACED), rows);
  }

  /** Each row in a file and a commit of its own, as the first of a live run are. */
  private static void appendApart(RowTarget target, Row... rows) {
    try (Warehouse warehouse = Warehouse.open(target.rows().name())) {
      Table table = target.rows().prepare(warehouse);
      RowKey key = RowKey.of(target);
      for (Row row : rows) {
        List<StagedFile> staged = new ArrayList<>();
        LiveRow<Row> coming = key.incoming(row);
        new RowFiles(table, key, target.version(), staged::add)
            .write(1, 0, output -> output.accept(coming.with(target.rows().record(table, row))));
        StagedFile file = staged.get(0);
        ((LocalFiles) table.io()).publish(file.staged(), file.location());
        table
            .newAppend()
            .appendFile(file.dataFile(table))
            .set(History.COMMIT_ID, "of " + row)
            .commit();
      }
    }
  }

  private static Table reopened(LakeTable name) {
    return Warehouse.openTable(name).table();
  }

  private static void once(Runnable slipIn) {
    AtomicInteger times = new AtomicInteger();
    FaultPoint.onReached(
        reached -> {
          if (reached == FaultPoint.COMPACTION_PUBLISHED && times.incrementAndGet() == 1) {
            slipIn.run();
          }
        });
  }

  /** All columns of all rows, as text, sorted. */
  private static List<String> rows(ConnectorUri uri) {
    List<String> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> row : LakeRows.read(uri)) {
      rows.add(row.toString());
    }
    rows.sort(null);
    return rows;
  }
}
