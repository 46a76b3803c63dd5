package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.counts;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Table;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Rolling back and forward, tags and branches; what is made of a table meanwhile and after. */
public final class TableRefsTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri table;

  @Before
  public void nameTable() {
    table = uri(folder.getRoot().toPath(), "marts.counts");
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void rollsBackAndForwardAgain() {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    long third = commit(hour(13, "a", 3));

    RolledBack back = TableRollback.roll(table, Long.toString(first));
    List<String> afterBack = counts(table);
    RolledBack forward = TableRollback.roll(table, Long.toString(second));

    assertThat(afterBack, contains("2015-09-12T13:00Z a 1"));
    assertThat(back.from().snapshotId(), is(third));
    assertThat(ids(back.undone()), contains(third, second));
    assertThat(back.redone(), is(empty()));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 2"));
    assertThat(ids(forward.redone()), contains(second));
    assertThat(forward.undone(), is(empty()));
    List<TableVersion> history = LakeTables.history(table);
    assertThat(ids(history), contains(third, second, first));
    assertThat(history.stream().map(TableVersion::current).toList(), contains(false, true, false));
    assertThat(
        history.stream().map(TableVersion::rolledBack).toList(), contains(true, false, false));
  }

  @Test
  public void whatIsCurrentIsDoneAlready() {
    commit(hour(13, "a", 1));
    long head = commit(hour(13, "a", 2));

    RolledBack same = TableRollback.roll(table, Long.toString(head));

    assertThat(same.from(), is(same.to()));
    assertThat(same.undone(), is(empty()));
    assertThat(TableRefs.metadata(opened()).snapshotLog(), hasSize(2));
  }

  @Test
  public void aTimeNamesWhatReadersSawThen() {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    TableRollback.roll(table, Long.toString(first));
    List<TableVersion> history = LakeTables.history(table);

    assertThat(at(history.get(1).time().toString()), is(first));
    assertThat(at(history.get(0).time().toString()), is(second));
    assertThat(at("2100-01-01"), is(first));
    String early =
        assertThrows(UsageException.class, () -> at("2015-09-12T13:00:00+02:00")).getMessage();
    assertThat(
        early,
        is(
            "here: the table has no version of 2015-09-12T11:00:00Z or before; its first is of "
                + history.get(1).time()));
  }

  @Test
  public void aLiveRunGoesOnWithWhatATableWasRolledBackTo() {
    long first = commit(hour(13, "a", 1), hour(14, "b", 1));
    commit(hour(13, "a", 2), hour(14, "b", 2));
    commit(hour(13, "a", 3));
    TableRollback.roll(table, Long.toString(first));

    // A pane of long ago comes again after a restore, and then what is new.
    commit(hour(13, "a", 1));
    commit(hour(13, "a", 4));

    assertThat(counts(table), contains("2015-09-12T13:00Z a 4", "2015-09-12T14:00Z b 1"));
    commit(hour(13, "a", 3), hour(14, "b", 2));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 4", "2015-09-12T14:00Z b 2"));
  }

  @Test
  public void aLiveIngestTakesAgainWhatWasRolledBack() {
    RawLake lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageEvents(0, 2)));
      LiveFile undone = live.stageEvents(2, 5);
      live.commit().commit(List.of(undone));
      List<TableVersion> history = LakeTables.history(rawTable());

      TableRollback.roll(rawTable(), Long.toString(history.get(1).snapshotId()));

      assertThat(lake.taken(), is(offsets(0, 2)));
      live.commit().commit(List.of(live.stageEvents(2, 5), live.stageEvents(5, 6)));
      assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2", "e3", "e4", "e5"));
      assertThat(lake.taken(), is(offsets(0, 6)));
    }
  }

  @Test
  public void otherVersionsMadeSinceAreNotGivenUpUnasked() {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    TableRollback.roll(table, Long.toString(first));
    commit(hour(14, "b", 1));

    String refused =
        assertThrows(UsageException.class, () -> TableRollback.roll(table, Long.toString(second)))
            .getMessage();

    assertThat(
        refused,
        is(
            "--to: "
                + second
                + " is no version that the table stands on: it was rolled back, and other versions"
                + " were made since. To give those up, roll back to "
                + first
                + " first, then to this one"));
    TableRollback.roll(table, Long.toString(first));
    TableRollback.roll(table, Long.toString(second));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 2"));
  }

  @Test
  public void whatIsNoVersionIsRefusedWithWhatThereIs() {
    commit(hour(13, "a", 1));
    TableTags.set(table, "audited", Optional.empty());

    String unknown =
        assertThrows(UsageException.class, () -> TableRollback.roll(table, "audted")).getMessage();
    String number =
        assertThrows(UsageException.class, () -> TableRollback.roll(table, "17")).getMessage();

    assertThat(
        unknown,
        is(
            "--to: expected a snapshot's id, a tag, a branch or a time such as"
                + " 2015-09-12T13:00:00Z, got 'audted', which the table has not; its tags and"
                + " branches are audited, main"));
    assertThat(number, is("--to: the table has no snapshot 17"));
    assertThrows(
        UnreachableException.class,
        () -> TableRollback.roll(uri(folder.getRoot().toPath(), "marts.absent"), "17"));
  }

  @Test
  public void aRollbackIsDecidedAgainIfTheTableMoves() {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    List<Long> slipped = new ArrayList<>();
    once(FaultPoint.REFS_DECIDED, () -> slipped.add(commit(hour(15, "c", 1))));

    RolledBack back = TableRollback.roll(table, Long.toString(first));

    assertThat(ids(back.undone()), contains(slipped.get(0), second));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 1"));
  }

  @Test
  public void aTagIsTheNameOfOneVersionUntilItIsDropped() {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));

    assertThat(TableTags.set(table, "before-fix", Optional.of("" + first)), is(first));
    assertThat(TableTags.set(table, "before-fix", Optional.of("" + first)), is(first));
    assertThat(TableTags.set(table, "now", Optional.empty()), is(second));
    String taken =
        assertThrows(
                UsageException.class, () -> TableTags.set(table, "before-fix", Optional.empty()))
            .getMessage();

    assertThat(
        taken,
        is("NAME: before-fix is the tag of snapshot " + first + "; drop it first, with --drop"));
    List<TableVersion> history = LakeTables.history(table);
    assertThat(history.get(0).tags(), contains("now"));
    assertThat(history.get(1).tags(), contains("before-fix"));
    TableRollback.roll(table, "before-fix");
    assertThat(counts(table), contains("2015-09-12T13:00Z a 1"));
    assertThat(TableTags.drop(table, "before-fix"), is(first));
    assertThat(
        assertThrows(UsageException.class, () -> TableTags.drop(table, "before-fix")).getMessage(),
        is("NAME: before-fix is no tag"));
    assertThat(
        assertThrows(UsageException.class, () -> TableTags.drop(table, "main")).getMessage(),
        is("NAME: main is a branch, and no tag"));
  }

  @Test
  public void aTagIsNotCalledLikeAnIdATimeOrABranch() {
    commit(hour(13, "a", 1));

    for (String bad : List.of("", "2015-09-12", "17", "-x", "a b", "a/b", "x".repeat(101))) {
      String refused =
          assertThrows(UsageException.class, () -> TableTags.set(table, bad, Optional.empty()))
              .getMessage();
      assertThat(refused, startsWith("NAME: expected a letter and then up to 99 letters"));
    }
    assertThat(
        assertThrows(UsageException.class, () -> TableTags.set(table, "main", Optional.empty()))
            .getMessage(),
        is("NAME: main is a branch of the table; choose another"));
  }

  @Test
  public void aBranchIsPublishedIfTheTableHasNotMoved() {
    long first = commit(hour(13, "a", 1));
    long branched = branch("fix", first, hour(13, "a", 7));
    List<String> before = counts(table);

    TableBranches.Published published = TableBranches.publish(table, "fix");
    TableBranches.Published again = TableBranches.publish(table, "fix");

    assertThat(before, contains("2015-09-12T13:00Z a 1"));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 1", "2015-09-12T13:00Z a 7"));
    assertThat(published.snapshotId(), is(branched));
    assertThat(ids(published.added()), contains(branched));
    assertThat(again.added(), is(empty()));
    assertThat(LakeTables.history(table).get(0).branches(), contains("fix"));
    assertThat(TableBranches.drop(table, "fix"), is(true));
    assertThat(TableBranches.drop(table, "fix"), is(false));
    TableRollback.roll(table, Long.toString(first));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 1"));
  }

  @Test
  public void aBranchIsNotPublishedOverWhatItDoesNotStandOn() {
    long first = commit(hour(13, "a", 1));
    branch("fix", first, hour(13, "a", 7));
    AtomicBoolean slipped = new AtomicBoolean();
    once(
        FaultPoint.REFS_DECIDED,
        () -> {
          commit(hour(14, "b", 1));
          slipped.set(true);
        });

    String moved =
        assertThrows(TableBranches.MovedException.class, () -> TableBranches.publish(table, "fix"))
            .getMessage();

    assertThat(slipped.get(), is(true));
    assertThat(
        moved,
        is(
            table
                + ": the table has 1 commit that branch fix does not stand on; nothing was"
                + " published"));
    assertThat(counts(table), contains("2015-09-12T13:00Z a 1", "2015-09-12T14:00Z b 1"));
  }

  @Test
  public void onlyABranchIsPublished() {
    long first = commit(hour(13, "a", 1));
    long branched = branch("fix", first, hour(13, "a", 7));
    TableTags.set(table, "audited", Optional.empty());

    for (String none : List.of("audited", "absent")) {
      assertThat(
          assertThrows(UsageException.class, () -> TableBranches.publish(table, none)).getMessage(),
          is("BRANCH: the table has no branch '" + none + "'; it has [fix, main]"));
    }
    assertThat(
        assertThrows(UsageException.class, () -> TableRollback.roll(table, Long.toString(branched)))
            .getMessage(),
        containsString("it is of branch fix and was never published"));
    assertThrows(UsageException.class, () -> TableBranches.drop(table, "main"));
    assertThrows(UsageException.class, () -> TableBranches.drop(table, "audited"));
  }

  private ConnectorUri rawTable() {
    return uri(folder.getRoot().toPath(), "raw.events");
  }

  private long at(String name) {
    return VersionName.find(TableRefs.metadata(opened()), "here", name).snapshotId();
  }

  private Table opened() {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(table))) {
      return open.table();
    }
  }

  /** Returns the snapshot. */
  private long commit(Row... rows) {
    LiveRowsFixture.commit(target(table, REPLACED), rows);
    return LakeTables.history(table).stream()
        .filter(TableVersion::current)
        .findFirst()
        .orElseThrow()
        .snapshotId();
  }

  /** Adds rows to a new branch. */
  private long branch(String name, long from, Row... rows) {
    RowTarget target = target(table, REPLACED);
    try (Warehouse warehouse = Warehouse.open(LakeTable.parse(table))) {
      Table opened = target.rows().prepare(warehouse);
      opened.manageSnapshots().createBranch(name, from).commit();
      StagingWriter writer =
          new StagingWriter(
              opened,
              Long.MAX_VALUE,
              file -> {
                ((LocalFiles) opened.io()).publish(file.staged(), file.location());
                opened.newAppend().appendFile(file.dataFile(opened)).toBranch(name).commit();
              });
      for (Row row : rows) {
        writer.add(target.rows().record(opened, row));
      }
      writer.finish();
      return opened.snapshot(name).snapshotId();
    }
  }

  private static void once(FaultPoint point, Runnable slipIn) {
    AtomicBoolean done = new AtomicBoolean();
    FaultPoint.onReached(
        reached -> {
          if (reached == point && done.compareAndSet(false, true)) {
            slipIn.run();
          }
        });
  }

  private static List<Long> ids(List<TableVersion> versions) {
    return versions.stream().map(TableVersion::snapshotId).toList();
  }
}
