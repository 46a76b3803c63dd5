package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.leat.io.spi.UnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** In a process of its own, because a process loads the library once. */
public class SqliteLibraryTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void isLoadedOnceThereIsRoomForIt() throws Exception {
    Path told = folder.newFile("told").toPath();
    // A file in place of a folder, so that nothing can be unpacked there, whoever runs this.
    Path noFolder = folder.newFile("none").toPath();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                System.getProperty("java.class.path"),
                SqliteLibraryTest.class.getName(),
                folder.getRoot().toPath().resolve("lake").toString(),
                noFolder.toString(),
                folder.newFolder().toString())
            .redirectErrorStream(true)
            .redirectOutput(told.toFile())
            .start();

    assertThat(process.waitFor(180, TimeUnit.SECONDS), is(true));

    assertThat(Files.readAllLines(told), is(List.of("unreachable", "open")));
  }

  public static void main(String[] args) {
    LakeTable table = LakeTable.parse(uri(Path.of(args[0]), "t"));
    for (int attempt = 1; attempt < args.length; attempt++) {
      System.setProperty("org.sqlite.tmpdir", args[attempt]);
      try (Warehouse warehouse = Warehouse.open(table)) {
        System.out.println("open");
      } catch (UnreachableException e) {
        System.out.println("unreachable");
      }
    }
  }
}
