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
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    List<Process> killed = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      killed.add(start(warehouse, i, points.get(i)));
    }
    Process other = start(warehouse, points.size(), FaultPoint.ROWS_PUBLISHED);
    for (Process process : killed) {
      assertThat(process.waitFor(180, TimeUnit.SECONDS), is(true));
      assertThat(process.exitValue(), is(137));
    }
    assertThat(other.waitFor(180, TimeUnit.SECONDS), is(true));
    assertThat(output(points.size()), other.exitValue(), is(0));
    // With the same settings they live: each dies only once.
    List<Process> again = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      again.add(start(warehouse, i, points.get(i)));
    }
    for (int i = 0; i < points.size(); i++) {
      assertThat(again.get(i).waitFor(180, TimeUnit.SECONDS), is(true));
      assertThat(output(i), again.get(i).exitValue(), is(0));
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
  private Process start(Path warehouse, int number, FaultPoint point) throws Exception {
    Path mark = folder.getRoot().toPath().resolve(number + ".mark");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-D" + FaultPoint.PROPERTY + "=" + point + ":" + mark,
            "-cp",
            System.getProperty("java.class.path"),
            LiveProcessesTest.class.getName(),
            warehouse.toString(),
            Integer.toString(number))
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.getRoot(), number + ".log"))
        .start();
  }

  private String output(int number) throws Exception {
    return Files.readString(folder.getRoot().toPath().resolve(number + ".log"));
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
