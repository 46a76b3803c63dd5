package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.backfill.Shop.on;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.KilledLeat;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * A backfill that dies, and is run again: at each point where a commit can be cut in two, and at
 * seeded moments.
 *
 * <p>{@code -Dleat.kills=20} asks for more of these, {@code -Dleat.seed=…} for others.
 */
public class KilledBackfillTest {
  private static final int KILLS = Integer.getInteger("leat.kills", 2);
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
  private KilledLeat leat;
  private List<Map<String, String>> before;
  private List<Map<String, String>> expected;

  @Before
  public void publishAWrongTable() throws IOException {
    Path root = folder.getRoot().toPath();
    shop = new Shop(root);
    leat = new KilledLeat(root.resolve("lake"), root.resolve("killed.log"));
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
      Path mark = folder.getRoot().toPath().resolve(point);

      // Each goes on from where the one before it died.
      int code = leat.dieAt(point, mark, command());

      assertThat(point + leat.log(), code, is(137));
      assertThat(point, Files.exists(mark), is(true));
      assertThat(point, shop.rows(), is(before));
    }
    Ran rerun = shop.backfill(shop.right, "--chunkRows=1", "--publish");
    assertThat(rerun.err(), rerun.code(), is(0));
    assertThat(shop.rows(), is(expected));
  }

  @Test
  public void aRerunEndsAsIfNothingHadHappenedWhereverItWasKilled() throws Exception {
    Random random = new Random(SEED);
    int whole = entriesOfABackfill();
    int killedAtWork = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<Map<String, String>> rows = shop.rows();
      int moment = (int) ((kill + random.nextDouble()) / KILLS * whole);

      boolean atWork = leat.killAfter(moment, random.nextInt(15), command("--restart"));

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
    int start = leat.entries();
    Ran ran = shop.backfill(shop.right, "--chunkRows=1", "--publish");
    assertThat(ran.err(), ran.code(), is(0));
    return leat.entries() - start;
  }

  private Object[] command(String... more) {
    List<Object> words = new ArrayList<>(List.of("backfill", shop.right));
    words.addAll(List.of("--source=" + shop.raw(), "--sink=" + shop.table()));
    words.addAll(List.of(Shop.RANGE));
    words.addAll(List.of("--chunkRows=1", "--publish"));
    words.addAll(List.of(more));
    return words.toArray();
  }
}
