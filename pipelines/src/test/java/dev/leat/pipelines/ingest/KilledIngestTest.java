package dev.leat.pipelines.ingest;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * {@code kill -9} of an ingest at seeded moments, then a rerun. The moments are spread over what an
 * ingest does to the disk, not over the clock, so that none falls on the start of the virtual
 * machine however busy the machine is: a run is killed up to 15 ms after the lake has so many
 * entries more than before it.
 *
 * <p>{@code -Dleat.kills=20} asks for more of them, {@code -Dleat.seed=…} for others.
 */
public class KilledIngestTest {
  private static final int KILLS = Integer.getInteger("leat.kills", 5);
  private static final long SEED = Long.getLong("leat.seed", 42);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Path workflow;

  @Before
  public void writeWorkflow() throws IOException {
    root = folder.getRoot().toPath();
    workflow = Files.writeString(root.resolve("drop.yaml"), Drop.WORKFLOW);
  }

  @Test
  public void everyEventIsOnceInTheTableHoweverItsIngestDied() throws Exception {
    Random random = new Random(SEED);
    int[] entries = entriesOfTwoIngests();
    int killedAtWork = 0;
    Drop drop = new Drop(root.resolve("none"));
    RawTable table = new RawTable(root.resolve("none"));
    for (int kill = 0; kill < KILLS; kill++) {
      // Every second one meets a lake that is there already, with what the last one left.
      int kind = kill % 2;
      if (kind == 0) {
        drop = new Drop(root.resolve("drop-" + kill));
        table = new RawTable(root.resolve("lake-" + kill));
      }
      List<String> before = drop.ids();
      drop.add("a" + kill).add("b" + kill);
      int round = kill / 2;
      int rounds = (KILLS + 1 - kind) / 2;
      double progress = (round + random.nextDouble()) / rounds;
      int moment = (int) (progress * entries[kind]);

      boolean atWork = killAfter(moment, random.nextInt(15), drop, table);

      String place =
          "seed " + SEED + ", kill " + kill + " after " + moment + " of " + entries[kind];
      assertThat(place, table.ids(), anyOf(equalTo(before), equalTo(drop.ids())));
      killedAtWork += atWork && table.ids().equals(before) ? 1 : 0;
      table.idsInFolder();
      table.lettersInFolder();

      Ran rerun = leat("ingest", workflow, "--source=" + drop.source(), "--sink=" + table.uri());
      assertThat(place + rerun.err(), rerun.code(), anyOf(is(0), is(20)));
      table.holdsOnce(drop);
    }
    assertThat(killedAtWork, greaterThan(0));
  }

  /** How many files and folders an ingest makes in a new lake, and the next one in the same. */
  private int[] entriesOfTwoIngests() throws IOException {
    Drop drop = new Drop(root.resolve("drop"));
    RawTable table = new RawTable(root.resolve("lake"));
    int[] entries = new int[2];
    for (int i = 0; i < 2; i++) {
      drop.add("a" + i).add("b" + i);
      int before = entries(table.warehouse());
      leat("ingest", workflow, "--source=" + drop.source(), "--sink=" + table.uri());
      entries[i] = entries(table.warehouse()) - before;
    }
    table.holdsOnce(drop);
    return entries;
  }

  /**
   * @return whether it was still at work
   */
  private boolean killAfter(int newEntries, int millis, Drop drop, RawTable table)
      throws Exception {
    int enough = entries(table.warehouse()) + newEntries;
    Process ingest = start(drop, table);
    // Waiting for its end is the pause between two looks.
    while (entries(table.warehouse()) < enough && !ingest.waitFor(1, TimeUnit.MILLISECONDS)) {}
    ingest.waitFor(millis, TimeUnit.MILLISECONDS);
    boolean atWork = ingest.isAlive();
    ingest.destroyForcibly().waitFor();
    return atWork;
  }

  private Process start(Drop drop, RawTable table) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            // The compiler is what the start of a short run waits for.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "ingest",
            workflow.toString(),
            "--source=" + drop.source(),
            "--sink=" + table.uri())
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.getRoot(), "killed.log"))
        .start();
  }

  /** Files and folders, some of which come and go while this looks. */
  private static int entries(Path folder) throws IOException {
    int[] count = new int[1];
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes unused) {
              count[0]++;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes unused) {
              count[0]++;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path found, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path found, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return count[0];
  }
}
