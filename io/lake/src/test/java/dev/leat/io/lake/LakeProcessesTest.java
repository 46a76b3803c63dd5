package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.ingestFiles;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Ingests of one lake by several processes at once. */
public final class LakeProcessesTest {
  private static final int PROCESSES = 3;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void threeProcessesTakeOverlappingFilesAtOnceAndOneDies() throws Exception {
    Path warehouse = folder.getRoot().toPath().resolve("lake");
    List<OtherProcess> living = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      living.add(start(warehouse, "p" + i, 3 * i, "none"));
    }
    // It has files that no other has, and so it surely comes to where it dies.
    int own = 3 * PROCESSES;
    OtherProcess killed = start(warehouse, "killed", own, FaultPoint.EVENTS_PUBLISHED.name());
    for (OtherProcess process : living) {
      process.assertExitCode(0);
    }
    killed.assertExitCode(137);
    start(warehouse, "again", own, "none").assertExitCode(0);

    RawLake lake = RawLake.of(uri(warehouse, "raw.events"));
    List<String> expected = new ArrayList<>();
    for (InputFile file : files(0, own + 6)) {
      expected.add(file.name());
    }
    assertThat(column(lake.table(), "origin"), is(expected));
    assertThat(column(lake.table().deadLetters(), "origin"), is(expected));
    assertThat(lake.plan(files(0, own + 6)).files(), empty());
    assertThat(filesUnder(warehouse, ".crc"), empty());

    // What the dead process moved to its place and did not commit is out of sight again.
    assertThat(
        filesUnder(warehouse.resolve("raw/events/data"), ""),
        hasSize(LakeTables.dataFiles(uri(warehouse, "raw.events")).size()));
    Orphans.sweep(lake.table(), java.time.Instant.now().plusSeconds(60));
    assertThat(filesUnder(warehouse.resolve("raw/events/staging"), ".tmp"), empty());
    assertThat(column(lake.table(), "origin"), is(expected));
  }

  private OtherProcess start(Path warehouse, String name, int first, String fault)
      throws IOException {
    Path told = folder.getRoot().toPath().resolve(name + ".log");
    return OtherProcess.start(
        told, List.of(), LakeProcessesTest.class, warehouse, name, first, fault);
  }

  /** Six files from a number on: each process shares three with the next. */
  private static List<InputFile> files(int first, int count) {
    List<InputFile> files = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      files.add(file(String.format(Locale.ROOT, "/in/%02d", i)));
    }
    return files;
  }

  /** One of the processes: ingests two of its files at a time. */
  public static void main(String[] args) {
    RawLake lake = RawLake.of(uri(Path.of(args[0]), "raw.events"));
    int first = Integer.parseInt(args[2]);
    if (!args[3].equals("none")) {
      FaultPoint.onReached(
          point -> {
            if (point == FaultPoint.valueOf(args[3])) {
              Runtime.getRuntime().halt(137);
            }
          });
    }
    for (int i = 0; i < 6; i += 2) {
      lake.ingestAll(
          args[1] + "-" + i, files(first + i, 2), (runId, plan) -> ingestFiles(lake, runId, plan));
    }
  }
}
