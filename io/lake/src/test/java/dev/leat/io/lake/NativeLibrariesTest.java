package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.column;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.ingestFiles;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** In processes of their own, because a process loads a library once. */
public class NativeLibrariesTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void catalogIsOpenedOnceThereIsRoomForSqlite() throws Exception {
    assertThat(ingestTwice("-Dorg.sqlite.tmpdir="), is(List.of("UnreachableException", "2")));
  }

  @Test
  public void filesAreWrittenOnceThereIsRoomForZstd() throws Exception {
    assertThat(ingestTwice("-DZstdTempFolder="), is(List.of("UnreachableException", "2")));
  }

  /**
   * What a process tells that ingests twice: first with a file in place of a library's temporary
   * folder, so that it cannot unpack anything there, then with the folder.
   *
   * @param option that names the folder
   */
  private List<String> ingestTwice(String option) throws Exception {
    Path told = folder.newFile("told").toPath();
    Path temporary = folder.newFile("temporary").toPath();
    OtherProcess process =
        OtherProcess.start(
            told,
            List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off", option + temporary),
            NativeLibrariesTest.class,
            folder.getRoot().toPath().resolve("lake"),
            temporary);
    process.assertExitCode(0);
    return process.told().lines().toList();
  }

  /** Tells how often it stored something, or why it did not. */
  public static void main(String[] args) throws Exception {
    RawLake lake = RawLake.of(uri(Path.of(args[0]), "raw.events"));
    Path temporary = Path.of(args[1]);
    for (int attempt = 1; attempt <= 2; attempt++) {
      try {
        lake.ingestAll(
            "run-" + attempt,
            List.of(file("/in/1"), file("/in/2")),
            (runId, plan) -> ingestFiles(lake, runId, plan));
        System.out.println(column(lake.table(), "origin").size());
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && !cause.getClass().getName().startsWith("dev.leat")) {
          cause = cause.getCause();
        }
        System.out.println(cause.getClass().getSimpleName());
      }
      if (Files.isRegularFile(temporary)) {
        Files.delete(temporary);
        Files.createDirectory(temporary);
      }
    }
  }
}
