package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.ingest;
import static dev.leat.io.lake.LakeFixture.letter;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.counts;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is kept and what is deleted when versions and data grow old. */
public final class TableExpiryTest {
  private static final Instant FUTURE = Instant.parse("2200-01-01T00:00:00Z");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;
  private ConnectorUri counts;
  private ConnectorUri raw;

  @Before
  public void nameTables() {
    warehouse = folder.getRoot().toPath();
    counts = uri(warehouse, "marts.counts");
    raw = uri(warehouse, "raw.events");
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void forgetsOldVersionsWithTheFilesThatOnlyTheyHad() {
    commit(hour(13, "a", 1), hour(40, "z", 1));
    commit(hour(13, "a", 2));
    commit(hour(13, "a", 3));
    int manifests = filesUnder(warehouse, ".avro").size();

    ExpiredVersions found = VersionExpiry.find(LakeTable.parse(counts), FUTURE);
    int untouched = filesUnder(warehouse, ".parquet").size();
    ExpiredVersions expired = VersionExpiry.expire(LakeTable.parse(counts), FUTURE);

    assertThat(found, is(expired));
    assertThat(expired.versions(), is(2));
    assertThat(expired.kept(), is(1));
    assertThat(expired.files(), is(2));
    assertThat(expired.bytes(), is(greaterThan(0L)));
    assertThat(untouched, is(4));
    assertThat(filesUnder(warehouse, ".parquet"), hasSize(2));
    assertThat(filesUnder(warehouse, ".avro").size(), is(not(manifests)));
    assertThat(LakeTables.history(counts), hasSize(1));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 3", "2015-09-13T16:00Z z 1"));
    commit(hour(13, "a", 4));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 4", "2015-09-13T16:00Z z 1"));
  }

  @Test
  public void keepsWhatReadersSawSinceThen() {
    commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    long third = commit(hour(13, "a", 3));
    List<TableVersion> history = LakeTables.history(counts);

    // Between the second and the third commit, readers saw the second.
    ExpiredVersions expired = VersionExpiry.expire(LakeTable.parse(counts), history.get(0).time());

    assertThat(expired.versions(), is(1));
    assertThat(ids(counts), contains(third, second));
  }

  @Test
  public void keepsTagsAndBranchesWhateverTheirAge() {
    long first = commit(hour(13, "a", 1));
    commit(hour(13, "a", 2));
    long third = commit(hour(13, "a", 3));
    TableTags.set(counts, "audited", Optional.of(Long.toString(first)));

    VersionExpiry.expire(LakeTable.parse(counts), FUTURE);

    assertThat(ids(counts), contains(third, first));
    TableRollback.roll(counts, "audited");
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 1"));
  }

  @Test
  public void keepsABranchThatCanStillBePublished() {
    commit(hour(13, "a", 1));
    long base = commit(hour(13, "a", 2));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(counts))) {
      Table table = open.table();
      table.manageSnapshots().createBranch("fix", base).commit();
      // Two commits: the one between is no ref's.
      table.newDelete().deleteFile("absent").toBranch("fix").commit();
      table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).toBranch("fix").commit();
    }

    ExpiredVersions expired = VersionExpiry.expire(LakeTable.parse(counts), FUTURE);

    assertThat(expired.versions(), is(1));
    assertThat(TableBranches.publish(counts, "fix").added(), hasSize(2));
    assertThat(counts(counts), is(empty()));
    TableRollback.roll(counts, Long.toString(base));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 2"));
  }

  @Test
  public void aVersionIsAsOldAsItsRollback() throws Exception {
    long first = commit(hour(13, "a", 1));
    long second = commit(hour(13, "a", 2));
    Instant between = LakeTables.history(counts).get(0).time().plusMillis(1);
    while (!Instant.now().isAfter(between)) {
      Thread.onSpinWait();
    }
    TableRollback.roll(counts, Long.toString(first));

    VersionExpiry.expire(LakeTable.parse(counts), between);
    List<Long> kept = ids(counts);
    VersionExpiry.expire(LakeTable.parse(counts), FUTURE);

    assertThat(kept, contains(second, first));
    assertThat(ids(counts), contains(first));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 1"));
  }

  @Test
  public void keepsTheBookmarksOfIngests() {
    RawLake lake = RawLake.of(raw);
    LakeFixture.ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));
    LakeFixture.ingestFiles(lake, "run-2", lake.plan(List.of(file("/in/a"), file("/in/b"))));
    try (Warehouse.OpenTable open = Warehouse.openTable(lake.table())) {
      // Two commits by something that knows no bookmark.
      open.table().newDelete().deleteFile("absent").commit();
      open.table().newDelete().deleteFile("absent").commit();
    }

    ExpiredVersions expired = VersionExpiry.expire(lake.table(), FUTURE);

    assertThat(expired.versions(), is(1));
    assertThat(expired.kept(), is(3));
    assertThat(expired.keptForBookmarks(), is(2));
    assertThat(lake.plan(List.of(file("/in/a"), file("/in/b"))).isEmpty(), is(true));
    assertThat(column(lake.table(), "id"), contains("of /in/a", "of /in/b"));
    // The bookmark of the first run is a file that nothing refers to any more.
    assertThat(
        filesUnder(warehouse.resolve("raw/events"), ".json").stream()
            .filter(name -> name.contains("leat-bookmark"))
            .toList(),
        hasSize(1));
  }

  @Test
  public void keepsTheOffsetsOfLiveIngests() {
    RawLake lake = RawLake.of(raw);
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageEvents(0, 2), live.stageLetters(2, 3)));
      live.commit().commit(List.of(live.stageEvents(3, 5)));
      live.events().newDelete().deleteFile("absent").commit();

      VersionExpiry.expire(lake.table(), FUTURE);
      VersionExpiry.expire(lake.table().deadLetters(), FUTURE);

      assertThat(LakeTables.history(raw), hasSize(2));
      assertThat(lake.taken(), is(offsets(0, 5)));
      live.commit().commit(List.of(live.stageEvents(3, 7), live.stageLetters(2, 3)));
      assertThat(column(lake.table(), "id"), contains("e0", "e1", "e3", "e4", "e5", "e6"));
      assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("2"));
    }
  }

  @Test
  public void aCrashBeforeTheFilesAreDeletedLeavesTheTableWhole() {
    commit(hour(13, "a", 1));
    commit(hour(13, "a", 2));
    FaultPoint.onReached(
        reached -> {
          if (reached == FaultPoint.VERSIONS_EXPIRED) {
            throw new IllegalStateException("killed");
          }
        });

    assertThrows(
        IllegalStateException.class, () -> VersionExpiry.expire(LakeTable.parse(counts), FUTURE));

    FaultPoint.onReached(reached -> {});
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 2"));
    assertThat(LakeTables.history(counts), hasSize(1));
    assertThat(Orphans.sweep(LakeTable.parse(counts), FUTURE).count(), is(1));
    assertThat(VersionExpiry.expire(LakeTable.parse(counts), FUTURE).versions(), is(0));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 2"));
  }

  @Test
  public void removesWholeHoursOfRawEvents() {
    RawLake lake = RawLake.of(raw);
    ingest(
        lake,
        "run-1",
        lake.plan(List.of(file("/in/a"))),
        List.of(
            event("old", "2015-09-11T23:59:59Z", "en", "/in/a", 1),
            event("12", "2015-09-12T12:59:59Z", "en", "/in/a", 2),
            event("13", "2015-09-12T13:00:00Z", "en", "/in/a", 3),
            event("young", "2015-09-13T00:00:00Z", "de", "/in/a", 4)),
        List.of(letter("/in/a", 5)));
    Instant limit = Instant.parse("2015-09-12T13:59:00Z");

    ExpiredData found = DataExpiry.find(lake.table(), limit);
    List<String> untouched = column(lake.table(), "id");
    ExpiredData expired = DataExpiry.expire(lake.table(), limit);
    ExpiredData again = DataExpiry.expire(lake.table(), limit);

    assertThat(untouched, hasSize(4));
    assertThat(expired, is(found));
    assertThat(expired.before(), is(Instant.parse("2015-09-12T13:00:00Z")));
    assertThat(expired.partitions(), is(2));
    assertThat(expired.files(), is(2));
    assertThat(expired.rows(), is(2L));
    assertThat(column(lake.table(), "id"), contains("13", "young"));
    assertThat(again.files(), is(0));
    List<TableVersion> history = LakeTables.history(raw);
    assertThat(history, hasSize(2));
    assertThat(history.get(0).operation(), is("delete"));
    // The version before has them still, and so their files are there.
    assertThat(filesUnder(warehouse.resolve("raw/events"), ".parquet"), hasSize(4));
    VersionExpiry.expire(lake.table(), FUTURE);
    assertThat(filesUnder(warehouse.resolve("raw/events"), ".parquet"), hasSize(2));
    assertThat(lake.plan(List.of(file("/in/a"))).isEmpty(), is(true));
  }

  @Test
  public void anIngestMeanwhileKeepsItsBookmark() {
    RawLake lake = RawLake.of(raw);
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageEvents(0, 2)));
      FaultPoint.onReached(
          reached -> {
            if (reached == FaultPoint.DATA_EXPIRING && lake.taken().size() == 2) {
              live.commit().commit(List.of(live.stageEvents(2, 5)));
            }
          });

      ExpiredData expired = DataExpiry.expire(lake.table(), FUTURE);

      assertThat(expired.rows(), is(5L));
      assertThat(column(lake.table(), "id"), is(empty()));
      assertThat(lake.taken(), is(offsets(0, 5)));
      assertThat(VersionExpiry.expire(lake.table(), FUTURE).kept(), is(1));
      assertThat(filesUnder(warehouse.resolve("raw/events"), ".parquet"), is(empty()));
      assertThat(lake.taken(), is(offsets(0, 5)));
    }
  }

  @Test
  public void removesWholeDaysOfResultsAndDeadLetters() {
    commit(hour(13, "a", 1), hour(23, "a", 1), hour(24, "b", 1));
    RawLake lake = RawLake.of(raw);
    try (LiveFixture live = new LiveFixture(lake.table())) {
      live.commit().commit(List.of(live.stageLetters(0, 2)));
    }

    ExpiredData results =
        DataExpiry.expire(LakeTable.parse(counts), Instant.parse("2015-09-13T23:00:00Z"));
    ExpiredData none = DataExpiry.expire(lake.table().deadLetters(), LakeFixture.INGESTED);
    ExpiredData letters =
        DataExpiry.expire(
            lake.table().deadLetters(), LakeFixture.INGESTED.plus(Duration.ofDays(1)));

    assertThat(results.rows(), is(2L));
    assertThat(counts(counts), contains("2015-09-13T00:00Z b 1"));
    assertThat(none.rows(), is(0L));
    assertThat(letters.rows(), is(2L));
    assertThat(column(lake.table().deadLetters(), "detail"), is(empty()));
    // A removed row is no rival of one that comes again.
    commit(hour(13, "a", 1), hour(24, "b", 2));
    assertThat(counts(counts), contains("2015-09-12T13:00Z a 1", "2015-09-13T00:00Z b 2"));
  }

  @Test
  public void refusesWhatIsNotPartitionedByTime() {
    ConnectorUri byTenant = uri(warehouse, "raw.tenants?partition=tenant");
    RawLake lake = RawLake.of(byTenant);
    LakeFixture.ingestFiles(lake, "run-1", lake.plan(List.of(file("/in/a"))));

    String refused =
        assertThrows(UsageException.class, () -> DataExpiry.find(lake.table(), FUTURE))
            .getMessage();

    assertThat(
        refused,
        is(
            lake.table()
                + ": --eventsOlderThan removes whole partitions of days, hours or months, and the"
                + " table is partitioned by tenant"));
  }

  private long commit(Row... rows) {
    LiveRowsFixture.commit(target(counts, REPLACED), rows);
    return ids(counts).get(0);
  }

  private static List<Long> ids(ConnectorUri table) {
    return LakeTables.history(table).stream().map(TableVersion::snapshotId).toList();
  }
}
