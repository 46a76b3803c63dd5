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
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
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
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start(warehouse, "p" + i, 3 * i, "none"));
    }
    processes.add(start(warehouse, "killed", 0, FaultPoint.EVENTS_PUBLISHED.name()));
    for (Process process : processes) {
      assertThat(process.waitFor(180, TimeUnit.SECONDS), is(true));
    }
    for (int i = 0; i < PROCESSES; i++) {
      assertThat(output(i == 0 ? "p0" : "p" + i), processes.get(i).exitValue(), is(0));
    }

    RawLake lake = RawLake.of(uri(warehouse, "raw.events"));
    List<String> expected = new ArrayList<>();
    for (InputFile file : files(0, 3 * PROCESSES + 3)) {
      expected.add(file.name());
    }
    assertThat(column(lake.table(), "origin"), is(expected));
    assertThat(column(lake.table().deadLetters(), "origin"), is(expected));
    assertThat(lake.plan(files(0, 3 * PROCESSES + 3)).files(), empty());
    assertThat(filesUnder(warehouse, ".crc"), empty());

    // What the dead process moved to its place and did not commit is out of sight again.
    assertThat(
        filesUnder(warehouse.resolve("raw/events/data"), ""),
        hasSize(LakeTables.dataFiles(uri(warehouse, "raw.events")).size()));
    Orphans.sweep(lake.table(), java.time.Instant.now().plusSeconds(60));
    assertThat(filesUnder(warehouse.resolve("raw/events/staging"), ".tmp"), empty());
    assertThat(column(lake.table(), "origin"), is(expected));
  }

  private Process start(Path warehouse, String name, int first, String fault) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            LakeProcessesTest.class.getName(),
            warehouse.toString(),
            name,
            Integer.toString(first),
            fault)
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.getRoot(), name + ".log"))
        .start();
  }

  private String output(String name) throws Exception {
    return Files.readString(folder.getRoot().toPath().resolve(name + ".log"));
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
