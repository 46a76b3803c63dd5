package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.backfill.Shop.on;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A backfill that dies, and is run again: at each point where a commit can be cut in two, and at
 * seeded moments that are spread over what it does to the disk, as in KilledIngestTest.
 *
 * <p>{@code -Dleat.kills=20} asks for more of these, {@code -Dleat.seed=…} for others.
 */
public class KilledBackfillTest {
  private static final int KILLS = Integer.getInteger("leat.kills", 4);
  private static final long SEED = Long.getLong("leat.seed", 42);
  private static final List<String> POINTS =
      List.of(
          "CHUNK_WRITTEN",
          "CHUNK_PUBLISHED",
          "CHUNK_COMMITTED",
          "BACKFILL_COMPLETE",
          "BACKFILL_FINISHED");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Shop shop;
  private List<Map<String, String>> before;
  private List<Map<String, String>> expected;

  @Before
  public void publishAWrongTable() throws IOException {
    shop = new Shop(folder.getRoot().toPath());
    shop.ingest(shop.sales(1, 5, 12, 300, 1)).publishWrong();
    before = shop.rows();
    List<Map<String, String>> right = shop.rebuilt(shop.right);
    expected = new ArrayList<>(on(before, 1));
    expected.addAll(on(right, 2, 3));
    expected.addAll(on(before, 4, 5));
  }

  @Test
  public void goesOnFromWhereverACommitWasCutInTwo() throws Exception {
    for (String point : POINTS) {
      List<Map<String, String>> rows = shop.rows();
      Path mark = folder.getRoot().toPath().resolve(point);

      Process killed = start(List.of("-Dleat.fault=" + point + ":" + mark), "--restart");
      killed.waitFor();

      assertThat(point + log(), killed.exitValue(), is(137));
      assertThat(point, Files.exists(mark), is(true));
      assertThat(point, shop.rows(), is(rows));
      Ran rerun = shop.backfill(shop.right, "--chunkRows=1", "--publish");
      assertThat(point + rerun.err(), rerun.code(), is(0));
      assertThat(point, shop.rows(), is(expected));
    }
  }

  @Test
  public void aRerunEndsAsIfNothingHadHappenedWhereverItWasKilled() throws Exception {
    Random random = new Random(SEED);
    int whole = entriesOfABackfill();
    int killedAtWork = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<Map<String, String>> rows = shop.rows();
      int moment = (int) ((kill + random.nextDouble()) / KILLS * whole);

      boolean atWork = killAfter(moment, random.nextInt(15));

      String place = "seed " + SEED + ", kill " + kill + " after " + moment + " of " + whole;
      assertThat(place, shop.rows(), anyOf(equalTo(rows), equalTo(expected)));
      killedAtWork += atWork ? 1 : 0;
      Ran rerun = shop.backfill(shop.right, "--chunkRows=1", "--publish");
      assertThat(place + rerun.err(), rerun.code(), anyOf(is(0), is(20)));
      assertThat(place, shop.rows(), is(expected));
    }
    assertThat(killedAtWork, greaterThan(0));
  }

  private int entriesOfABackfill() throws IOException {
    int start = entries();
    Ran ran = shop.backfill(shop.right, "--chunkRows=1", "--publish");
    assertThat(ran.err(), ran.code(), is(0));
    return entries() - start;
  }

  /**
   * @return whether it was still at work
   */
  private boolean killAfter(int newEntries, int millis) throws Exception {
    int enough = entries() + newEntries;
    Process backfill = start(List.of(), "--restart");
    // Waiting for its end is the pause between two looks.
    while (entries() < enough && !backfill.waitFor(1, TimeUnit.MILLISECONDS)) {}
    backfill.waitFor(millis, TimeUnit.MILLISECONDS);
    boolean atWork = backfill.isAlive();
    backfill.destroyForcibly().waitFor();
    return atWork;
  }

  private Process start(List<String> jvmOptions, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("backfill", shop.right.toString()));
    command.addAll(List.of("--source=" + shop.raw(), "--sink=" + shop.table()));
    command.addAll(List.of(Shop.RANGE));
    command.addAll(List.of("--chunkRows=1", "--publish"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(new File(folder.getRoot(), "killed.log"))
        .start();
  }

  private String log() throws IOException {
    return "\n" + Files.readString(folder.getRoot().toPath().resolve("killed.log"));
  }

  /** Files and folders of the lake, some of which come and go while this looks. */
  private int entries() throws IOException {
    int[] count = new int[1];
    Files.walkFileTree(
        folder.getRoot().toPath().resolve("lake"),
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
    return count[0];
  }
}
