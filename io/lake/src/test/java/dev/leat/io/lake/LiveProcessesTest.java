package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.uri;
import static dev.leat.io.lake.LiveFixture.offsets;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.Offsets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Live ingests of one log by processes at once, some of which are killed as they commit. */
public final class LiveProcessesTest {
  private static final int BATCHES = 4;
  private static final int STEP = 3;
  private static final int WIDTH = 5;
  private static final long LETTERS = 1000;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void processesThatAreKilledAsTheyCommitAndOthersAddEachRecordOnce() throws Exception {
    Path warehouse = folder.getRoot().toPath().resolve("lake");
    List<FaultPoint> points =
        List.of(FaultPoint.DEAD_LETTERS_PUBLISHED, FaultPoint.EVENTS_PUBLISHED);

    List<OtherProcess> killed = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      killed.add(start(warehouse, i, points.get(i)));
    }
    OtherProcess other = start(warehouse, points.size(), FaultPoint.ROWS_PUBLISHED);
    for (OtherProcess process : killed) {
      process.assertExitCode(137);
    }
    other.assertExitCode(0);
    // With the same settings they live: each dies only once.
    List<OtherProcess> again = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      again.add(start(warehouse, i, points.get(i)));
    }
    for (OtherProcess process : again) {
      process.assertExitCode(0);
    }

    RawLake lake = RawLake.of(uri(warehouse, "raw.events"));
    int end = (BATCHES - 1) * STEP + WIDTH;
    Offsets events = offsets(0, end);
    Offsets letters = offsets(LETTERS, LETTERS + end);
    for (int i = 0; i <= points.size(); i++) {
      events.addAll(offsets(ownOf(i), ownOf(i) + 2));
      letters.addAll(offsets(LETTERS + ownOf(i), LETTERS + ownOf(i) + 2));
    }
    assertRowsAre(events, lake.table());
    assertRowsAre(letters, lake.table().deadLetters());
    events.addAll(letters);
    assertThat(lake.taken(), is(events));
    assertThat(
        filesUnder(warehouse.resolve("raw/events/data"), ".parquet"),
        hasSize(LakeTables.dataFiles(uri(warehouse, "raw.events")).size()));
    assertThat(filesUnder(warehouse, ".publication"), empty());
  }

  private static void assertRowsAre(Offsets expected, LakeTable table) {
    List<String> rows = column(table, "ingest_offset");
    Offsets found = new Offsets();
    rows.forEach(row -> found.add(LiveFixture.LOG, 0, Long.parseLong(row)));
    assertThat(found, is(expected));
    assertThat(rows, hasSize((int) expected.size()));
  }

  /** Starts a process that dies at a point, if none with its number has. */
  private OtherProcess start(Path warehouse, int number, FaultPoint point) throws IOException {
    Path root = folder.getRoot().toPath();
    String dying = "-D" + FaultPoint.PROPERTY + "=" + point + ":" + root.resolve(number + ".mark");
    Path told = root.resolve(number + ".log");
    return OtherProcess.start(told, List.of(dying), LiveProcessesTest.class, warehouse, number);
  }

  /** Where the offsets begin that only one process has, so that each surely has something new. */
  private static long ownOf(int number) {
    return 100L * (number + 1);
  }

  /** One of the processes: commits overlapping batches of the log. */
  public static void main(String[] args) {
    RawLake lake = RawLake.of(uri(Path.of(args[0]), "raw.events"));
    long own = ownOf(Integer.parseInt(args[1]));
    try (LiveFixture live = new LiveFixture(lake.table())) {
      for (int i = 0; i < BATCHES; i++) {
        long start = (long) i * STEP;
        live.commit()
            .commit(
                List.of(
                    live.stageEvents(start, start + WIDTH),
                    live.stageEvents(own, own + 2),
                    live.stageLetters(LETTERS + start, LETTERS + start + WIDTH),
                    live.stageLetters(LETTERS + own, LETTERS + own + 2)));
      }
    }
  }
}
