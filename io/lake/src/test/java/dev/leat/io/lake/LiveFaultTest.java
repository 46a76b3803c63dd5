package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;

/** A live commit that dies at any moment, and what comes after it. */
@RunWith(Parameterized.class)
public final class LiveFaultTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private final FaultPoint point;
  private RawLake lake;
  private LiveFixture live;

  public LiveFaultTest(FaultPoint point) {
    this.point = point;
  }

  @Parameterized.Parameters(name = "{0}")
  public static List<FaultPoint> points() {
    return List.of(
        FaultPoint.BEFORE_DEAD_LETTERS,
        FaultPoint.DEAD_LETTERS_PUBLISHED,
        FaultPoint.AFTER_DEAD_LETTERS,
        FaultPoint.EVENTS_PUBLISHED,
        FaultPoint.AFTER_EVENTS);
  }

  @Before
  public void openLake() {
    lake = RawLake.of(uri(folder.getRoot().toPath(), "raw.events"));
    live = new LiveFixture(lake.table());
    live.commit().commit(List.of(live.stageEvents(0, 1), live.stageLetters(1, 2)));
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
    live.close();
  }

  @Test
  public void aRetryWithTheSameFilesAddsEachRecordOnce() {
    List<LiveFile> batch = List.of(live.stageEvents(2, 4), live.stageLetters(4, 6));
    dieWhileCommitting(batch);

    live.commit().commit(batch);

    assertEachOnce();
  }

  @Test
  public void aRestoreFromAnOlderCheckpointAddsEachRecordOnce() {
    dieWhileCommitting(List.of(live.stageEvents(2, 4), live.stageLetters(4, 6)));

    live.commit().commit(List.of(live.stageEvents(0, 1), live.stageLetters(1, 2)));
    live.commit().commit(List.of(live.stageEvents(2, 3), live.stageLetters(4, 5)));
    live.commit().commit(List.of(live.stageEvents(3, 4), live.stageLetters(5, 6)));

    assertEachOnce();
  }

  @Test
  public void aFreshStartReadsOnFromWhatWasTaken() {
    dieWhileCommitting(List.of(live.stageEvents(2, 4), live.stageLetters(4, 6)));

    boolean committed = point == FaultPoint.AFTER_EVENTS;
    assertThat(lake.taken(), is(offsets(0, committed ? 6 : 2)));
    if (!committed) {
      live.commit().commit(List.of(live.stageEvents(2, 4), live.stageLetters(4, 6)));
    }

    assertEachOnce();
  }

  private void dieWhileCommitting(List<LiveFile> batch) {
    FaultPoint.onReached(
        reached -> {
          if (reached == point) {
            throw new AssertionError("dies at " + point);
          }
        });
    assertThrows(AssertionError.class, () -> live.commit().commit(batch));
    FaultPoint.onReached(reached -> {});
  }

  private void assertEachOnce() {
    assertThat(column(lake.table(), "ingest_offset"), contains("0", "2", "3"));
    assertThat(column(lake.table().deadLetters(), "ingest_offset"), contains("1", "4", "5"));
    assertThat(lake.taken(), is(offsets(0, 6)));
    assertThat(lake.committedLive("live").orElseThrow().read(), is(6L));
    assertThat(lake.committedLive("live").orElseThrow().stored(), is(3L));
    Path root = folder.getRoot().toPath();
    assertThat(
        LakeTables.dataFiles(uri(root, "raw.events")).stream()
            .map(location -> root.relativize(Path.of(location)).toString())
            .toList(),
        containsInAnyOrder(
            filesUnder(root.resolve("raw/events"), ".parquet").stream()
                .map(file -> "raw/events/" + file)
                .toArray(String[]::new)));
  }
}
