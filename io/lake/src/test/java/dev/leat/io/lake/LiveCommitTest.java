package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.ingestFiles;
import static dev.leat.io.lake.LiveFixture.LOG;
import static dev.leat.io.lake.LiveFixture.offsets;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.event.Event;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Offsets;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What a commit adds of files that overlap each other and what is there. */
public final class LiveCommitTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri uri;
  private RawLake lake;
  private LiveFixture live;

  @Before
  public void openLake() {
    uri = LakeFixture.uri(folder.getRoot().toPath(), "raw.events");
    lake = RawLake.of(uri);
    live = new LiveFixture(lake.table());
  }

  @After
  public void close() {
    live.close();
  }

  @Test
  public void rowsAndTheirOffsetsAreInOneSnapshot() {
    assertThat(lake.taken(), is(new Offsets()));

    live.commit().commit(List.of(live.stageEvents(0, 3), live.stageLetters(3, 5)));

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("3", "4"));
    assertThat(lake.taken(), is(offsets(0, 5)));
    assertThat(LakeTables.history(uri), hasSize(1));
    assertThat(lake.committedLive("live"), is(Optional.of(new LiveReport("live", 1, 5, 3, 2))));
    assertThat(lake.committedLive("another"), is(Optional.empty()));
    assertThat(summary(History.COMMIT), is("1"));
    assertThat(summary(History.WORKFLOW_VERSION), is("v1"));
    assertNothingIsLeftOver();
  }

  @Test
  public void theSameBatchAgainChangesNothing() {
    List<LiveFile> batch = List.of(live.stageEvents(0, 3), live.stageLetters(3, 5));
    live.commit().commit(batch);

    live.commit().commit(batch);

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("3", "4"));
    assertThat(LakeTables.history(uri), hasSize(1));
    assertNothingIsLeftOver();
  }

  @Test
  public void aBatchWrittenAgainIsACopyAndIsDeleted() {
    live.commit().commit(List.of(live.stageEvents(0, 3), live.stageLetters(3, 5)));

    live.commit().commit(List.of(live.stageEvents(0, 3), live.stageLetters(3, 5)));

    assertThat(column(lake.table(), "ingest_offset"), contains("0", "1", "2"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("3", "4"));
    assertThat(LakeTables.history(uri), hasSize(1));
    assertNothingIsLeftOver();
  }

  @Test
  public void aFileOfWhichAPartIsInIsRewrittenWithoutIt() {
    live.commit().commit(List.of(live.stageEvents(0, 3), live.stageLetters(3, 5)));

    live.commit().commit(List.of(live.stageEvents(1, 3), live.stageEvents(2, 3)));
    live.commit()
        .commit(List.of(live.stageEvents(5, 9), live.stageEvents(7, 12), live.stageLetters(4, 5)));

    assertThat(
        column(lake.table(), "id"),
        contains("e0", "e1", "e10", "e11", "e2", "e5", "e6", "e7", "e8", "e9"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("3", "4"));
    assertThat(lake.taken(), is(offsets(0, 12)));
    assertThat(lake.committedLive("live"), is(Optional.of(new LiveReport("live", 2, 12, 10, 2))));
    assertThat(summary(History.COMMIT), is("2"));
    assertNothingIsLeftOver();
  }

  @Test
  public void aRewrittenRowIsTheSameRow() {
    live.commit().commit(List.of(live.stageEvents(0, 1)));
    live.commit().commit(List.of(live.stageEvents(0, 2)));

    List<Event> events =
        SourceFixture.read(
            (Source.OfEvents) new LakeConnector().source(uri, SourceRequest.defaults()));

    assertThat(events, contains(LiveFixture.eventAt(0), LiveFixture.eventAt(1)));
  }

  @Test
  public void whateverOverlapsTheTableHasTheUnion() {
    for (int seed = 1; seed <= 4; seed++) {
      Random random = new Random(seed);
      RawLake one = RawLake.of(LakeFixture.uri(folder.getRoot().toPath(), "raw.u" + seed));
      TreeSet<String> expected = new TreeSet<>();
      TreeSet<String> expectedLetters = new TreeSet<>();
      try (LiveFixture mine = new LiveFixture(one.table())) {
        List<LiveFile> earlier = new ArrayList<>();
        for (int commit = 0; commit < 4; commit++) {
          List<LiveFile> batch = new ArrayList<>();
          for (int i = random.nextInt(4); i >= 0; i--) {
            // Letters and events of a log are never of the same offset.
            long start = random.nextInt(40);
            long end = start + 1 + random.nextInt(15);
            if (random.nextInt(3) == 0) {
              batch.add(mine.stageLetters(1000 + start, 1000 + end));
              LongStream.range(start, end).forEach(o -> expectedLetters.add("" + (1000 + o)));
            } else {
              batch.add(mine.stageEvents(start, end));
              LongStream.range(start, end).forEach(o -> expected.add("" + o));
            }
          }
          if (!earlier.isEmpty() && random.nextBoolean()) {
            batch.add(earlier.get(random.nextInt(earlier.size())));
          }
          mine.commit().commit(batch);
          earlier.addAll(batch);
        }
      }

      assertThat("seed " + seed, column(one.table(), "ingest_offset"), is(List.copyOf(expected)));
      assertThat(
          "seed " + seed,
          column(one.table().deadLetters(), "ingest_offset"),
          is(List.copyOf(expectedLetters)));
      Offsets taken = new Offsets();
      expected.forEach(offset -> taken.add(LOG, 0, Long.parseLong(offset)));
      expectedLetters.forEach(offset -> taken.add(LOG, 0, Long.parseLong(offset)));
      assertThat("seed " + seed, one.taken(), is(taken));
    }
    assertThat(filesUnder(folder.getRoot().toPath(), ".tmp"), empty());
  }

  @Test
  public void aBatchWithNothingMakesNoSnapshot() {
    live.commit().commit(List.of());

    assertThat(LakeTables.history(uri), empty());
  }

  @Test
  public void deadLettersAloneMoveTheBookmarkToo() {
    live.commit().commit(List.of(live.stageLetters(0, 2)));

    assertThat(lake.taken(), is(offsets(0, 2)));
    assertThat(lake.committedLive("live"), is(Optional.of(new LiveReport("live", 1, 2, 0, 2))));
  }

  @Test
  public void aFileOfDeadLettersWithoutLineageIsInOnce() {
    LiveFile file = live.stageLettersWithoutLineage(2);
    live.commit().commit(List.of(live.stageEvents(0, 1), file));

    live.commit().commit(List.of(live.stageEvents(0, 1), file));

    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("null", "null"));
    assertThat(lake.committedLive("live"), is(Optional.of(new LiveReport("live", 1, 3, 1, 2))));
    assertNothingIsLeftOver();
  }

  @Test
  public void filesAndLogsAreTakenBesideEachOther() {
    ingestFiles(lake, "files-1", lake.plan(List.of(file("/in/a"))));
    live.commit().commit(List.of(live.stageEvents(0, 1), live.stageLetters(1, 2)));
    IngestPlan plan = lake.plan(List.of(file("/in/a"), file("/in/b")));
    live.commit().commit(List.of(live.stageEvents(2, 3), live.stageLetters(3, 4)));
    assertThat(plan.files(), contains(file("/in/b")));
    ingestFiles(lake, "files-2", plan);

    assertThat(lake.committed("files-2").orElseThrow().stored(), is(1L));
    assertThat(column(lake.table(), "id"), contains("e0", "e2", "of /in/a", "of /in/b"));
    assertThat(lake.taken(), is(offsets(0, 4)));
    assertThat(lake.plan(List.of(file("/in/a"), file("/in/b"))).isEmpty(), is(true));
  }

  @Test
  public void theFilesTakenOutliveTheSnapshotsBeforeALiveRun() {
    ingestFiles(lake, "files-1", lake.plan(List.of(file("/in/a"))));
    live.commit().commit(List.of(live.stageEvents(0, 1), live.stageLetters(1, 2)));
    expireAllButTheLast(live.events());
    expireAllButTheLast(live.letters());

    assertThat(lake.plan(List.of(file("/in/a"))).isEmpty(), is(true));
  }

  @Test
  public void aLiveTableThatNoFileCameToTakesFilesWhenItsFirstSnapshotsAreGone() {
    live.commit().commit(List.of(live.stageEvents(0, 1), live.stageLetters(1, 2)));
    live.commit().commit(List.of(live.stageEvents(2, 3), live.stageLetters(3, 4)));
    expireAllButTheLast(live.events());
    expireAllButTheLast(live.letters());

    ingestFiles(lake, "files-1", lake.plan(List.of(file("/in/a"))));

    assertThat(column(lake.table(), "id"), contains("e0", "e2", "of /in/a"));
  }

  @Test
  public void aLostBookmarkIsToldAndNotTakenForNone() {
    live.commit().commit(List.of(live.stageEvents(0, 1)));
    live.events().newAppend().set("by", "another writer").commit();
    expireAllButTheLast(live.events());

    IllegalStateException refused = assertThrows(IllegalStateException.class, lake::taken);

    assertThat(refused.getMessage(), containsString("leat.offsets"));
    assertThrows(
        IllegalStateException.class, () -> live.commit().commit(List.of(live.stageEvents(0, 1))));
    assertThat(column(lake.table(), "id"), contains("e0"));
  }

  @Test
  public void aLiveRunCanFollowFilesWhoseSnapshotsAreGone() {
    ingestFiles(lake, "files-1", lake.plan(List.of(file("/in/a"))));
    ingestFiles(lake, "files-2", lake.plan(List.of(file("/in/b"))));
    live.events().refresh();
    expireAllButTheLast(live.events());

    live.commit().commit(List.of(live.stageEvents(0, 1)));

    assertThat(column(lake.table(), "id"), contains("e0", "of /in/a", "of /in/b"));
    assertThat(lake.plan(List.of(file("/in/a"), file("/in/b"))).isEmpty(), is(true));
  }

  @Test
  public void aFileThatWasRolledBackCanBeCommittedAgain() {
    LiveFile file = live.stageEvents(1, 3);
    live.commit().commit(List.of(live.stageEvents(0, 1)));
    long before = live.events().currentSnapshot().snapshotId();
    live.commit().commit(List.of(file));
    live.events().manageSnapshots().rollbackTo(before).commit();
    assertThat(lake.taken(), is(offsets(0, 1)));

    live.commit().commit(List.of(file));

    assertThat(column(lake.table(), "id"), contains("e0", "e1", "e2"));
    assertThat(lake.taken(), is(offsets(0, 3)));
  }

  @Test
  public void stopsIfAStagedFileWasSweptThatIsNotInTheTable() {
    LiveFile file = live.stageEvents(0, 2);
    live.stageEvents(2, 3);
    Orphans.sweep(lake.table(), java.time.Instant.now().plusSeconds(60));

    IllegalStateException gone =
        assertThrows(IllegalStateException.class, () -> live.commit().commit(List.of(file)));

    assertThat(gone.getMessage(), containsString("Start it afresh"));
    live.commit().commit(List.of(live.stageEvents(0, 2)));
    assertThat(column(lake.table(), "id"), contains("e0", "e1"));
  }

  @Test
  public void aBookmarkOfManyGapsIsAFileBesideTheMetadata() {
    Offsets gaps = new Offsets();
    for (int i = 0; i < 3000; i++) {
      gaps.add(LOG, 0, 3L * i, 3L * i + 1);
    }
    String text = LogBookmark.write(live.events(), gaps);

    assertThat(text.length(), is(lessThan(1000)));
    assertThat(text, startsWith("v1@"));
    assertThat(LogBookmark.parse(live.events(), text), is(gaps));
    LogBookmark.discard(live.events(), text);
    assertThat(filesUnder(folder.getRoot().toPath(), ".bin"), empty());
  }

  private String summary(String key) {
    live.events().refresh();
    Snapshot snapshot = live.events().currentSnapshot();
    return snapshot.summary().get(key);
  }

  private void assertNothingIsLeftOver() {
    for (LakeTable table : List.of(lake.table(), lake.table().deadLetters())) {
      Path root = folder.getRoot().toPath().resolve("raw/" + table.name());
      try (Warehouse.OpenTable open = Warehouse.openTable(table)) {
        List<String> visible = new ArrayList<>();
        open.table()
            .newScan()
            .planFiles()
            .forEach(
                task -> visible.add(root.relativize(Path.of(task.file().location())).toString()));
        visible.sort(null);
        assertThat(filesUnder(root, ".parquet"), is(visible));
      }
      assertThat(filesUnder(root, ".tmp"), empty());
      assertThat(filesUnder(root, ".publication"), empty());
    }
  }

  private static void expireAllButTheLast(Table table) {
    table.refresh();
    table.expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
  }
}
