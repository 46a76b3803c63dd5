package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What two versions of a table differ in. */
public final class TableDiffTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri table;

  @Before
  public void nameTable() {
    table = uri(folder.getRoot().toPath(), "marts.counts");
  }

  @Test
  public void tellsRowsAddedRemovedAndChangedByTheKeyThatTheRunRemembered() {
    commit(hour(13, "a", 1), hour(14, "b", 1), hour(40, "z", 1));
    commit(hour(13, "a", 2), hour(15, "c", 3));

    TableDiff diff = diff("1", "0");
    TableDiff back = diff("0", "1");

    assertThat(diff.key(), contains("window_start", "page"));
    assertThat(diff.added(), is(1L));
    assertThat(diff.removed(), is(0L));
    assertThat(diff.changed(), is(1L));
    // The other day's file is that of both.
    assertThat(diff.partitions(), is(1));
    assertThat(diff.files(), is(2));
    assertThat(
        told(diff), containsInAnyOrder("2015-09-12T13:00Z a 1 -> 2", "2015-09-12T15:00Z c -> 3"));
    assertThat(back.added(), is(0L));
    assertThat(back.removed(), is(1L));
    assertThat(back.changed(), is(1L));
    assertThat(
        told(back), containsInAnyOrder("2015-09-12T13:00Z a 2 -> 1", "2015-09-12T15:00Z c 3 ->"));
  }

  @Test
  public void aVersionDiffersInNothingFromItself() {
    commit(hour(13, "a", 1));

    TableDiff diff = diff("0", "0");

    assertThat(diff.isEmpty(), is(true));
    assertThat(diff.files(), is(0));
    assertThat(diff.examples(), is(empty()));
  }

  @Test
  public void otherFilesWithTheSameRowsAreNoDifference() {
    commit(hour(13, "a", 1), hour(14, "b", 1));
    commit(hour(13, "a", 2));
    commit(hour(14, "b", 2));
    String before = id("0");
    TableTags.set(table, "before", Optional.of(before));
    commit(hour(13, "a", 3));
    TableRollback.roll(table, before);
    commit(hour(13, "a", 2), hour(15, "c", 1));
    LiveRowsFixture.commit(target(table, REPLACED), hour(16, "d", 1));

    TableDiff diff = TableDiff.between(table, "before", "main", List.of(), 3);

    assertThat(diff.added(), is(2L));
    assertThat(diff.removed(), is(0L));
    assertThat(diff.changed(), is(0L));
    assertThat(
        told(diff), containsInAnyOrder("2015-09-12T15:00Z c -> 1", "2015-09-12T16:00Z d -> 1"));
  }

  @Test
  public void wholeRowsAreAMultiset() {
    RawLake lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageEvents(0, 3)));
      ConnectorUri raw = uri(folder.getRoot().toPath(), "raw.events");
      String before = Long.toString(LakeTables.history(raw).get(0).snapshotId());
      live.commit().commit(List.of(live.stageEvents(3, 5)));
      TableCompaction.compact(raw);

      TableDiff diff = TableDiff.between(raw, before, "main", List.of(), 1);

      assertThat(diff.key(), is(empty()));
      assertThat(diff.added(), is(2L));
      assertThat(diff.removed(), is(0L));
      assertThat(diff.changed(), is(0L));
      assertThat(diff.examples(), hasSize(1));
      // By id, all five are what they were or new.
      TableDiff byTenant = TableDiff.between(raw, before, "main", List.of("tenant"), 0);
      assertThat(byTenant.added(), is(2L));
      assertThat(byTenant.changed(), is(0L));
    }
  }

  @Test
  public void manyPassesTellTheSameAsOne() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(hour(13, "p" + i, 1));
    }
    commit(rows.toArray(Row[]::new));
    String before = id("0");
    rows.clear();
    for (int i = 20; i < 90; i++) {
      rows.add(hour(13, "p" + i, i < 40 ? 1 : 2));
    }
    commit(rows.toArray(Row[]::new));

    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(table))) {
      TableDiff one = new CompareVersions(open.table(), 2).of(before, "main", List.of());
      TableDiff many = new CompareVersions(open.table(), 2, 7).of(before, "main", List.of());

      assertThat(one.added(), is(30L));
      assertThat(one.changed(), is(20L));
      assertThat(many.added(), is(30L));
      assertThat(many.removed(), is(0L));
      assertThat(many.changed(), is(20L));
      assertThat(many.examples(), hasSize(4));
    }
  }

  @Test
  public void aRowThatMovesToAnotherPartitionIsOneThatChanged() {
    commit(hour(13, "a", 1));
    String before = id("0");
    RowTarget byPage =
        target(
            table,
            LiveRowsFixture.COUNTS,
            dev.leat.io.spi.LiveRows.replacedBy(List.of("page")),
            "v1");
    LiveRowsFixture.commit(byPage, hour(40, "a", 2));

    TableDiff diff = TableDiff.between(table, before, "main", List.of("page"), 3);

    assertThat(diff.changed(), is(1L));
    assertThat(diff.added(), is(0L));
    assertThat(diff.removed(), is(0L));
    assertThat(diff.partitions(), is(2));
  }

  @Test
  public void aColumnThatTheTableHasNotIsRefused() {
    commit(hour(13, "a", 1));

    String refused =
        assertThrows(
                UsageException.class,
                () -> TableDiff.between(table, "main", "main", List.of("pag"), 3))
            .getMessage();

    assertThat(
        refused,
        is("--key: the table has no column 'pag'; it has window_start, window_end, page, edits"));
    assertThat(
        assertThrows(
                UsageException.class,
                () -> TableDiff.between(table, "main", "absent", List.of(), 3))
            .getMessage(),
        containsString("B: expected a snapshot's id"));
  }

  /** Of versions counted from the newest. */
  private TableDiff diff(String from, String to) {
    return TableDiff.between(table, id(from), id(to), List.of(), 3);
  }

  private String id(String fromNewest) {
    return Long.toString(LakeTables.history(table).get(Integer.parseInt(fromNewest)).snapshotId());
  }

  private void commit(Row... rows) {
    LiveRowsFixture.commit(target(table, REPLACED), rows);
  }

  private static List<String> told(TableDiff diff) {
    List<String> told = new ArrayList<>();
    for (TableDiff.Example example : diff.examples()) {
      Map<String, @Nullable Object> row = example.before().or(example::after).orElseThrow();
      told.add(
          (((OffsetDateTime) row.get("window_start"))
                  + " "
                  + row.get("page")
                  + edits(example.before())
                  + " ->"
                  + edits(example.after()))
              .strip());
    }
    return told;
  }

  private static String edits(Optional<Map<String, @Nullable Object>> row) {
    return row.map(values -> " " + values.get("edits")).orElse("");
  }
}
