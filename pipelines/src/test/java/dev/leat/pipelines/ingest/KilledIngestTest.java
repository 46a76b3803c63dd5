package dev.leat.pipelines.ingest;

import static dev.leat.pipelines.cli.LeatCommand.leat;
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
import java.util.List;
import java.util.Random;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * {@code kill -9} of an ingest at seeded moments, up to 15 ms after the lake has so many entries
 * more than before it, then a rerun.
 *
 * <p>{@code -Dleat.kills=20} asks for more of them, {@code -Dleat.seed=…} for others.
 */
public class KilledIngestTest {
  private static final int KILLS = Integer.getInteger("leat.kills", 4);
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

      boolean atWork = onLake(table).killAfter(moment, random.nextInt(15), command(drop, table));

      String place =
          "seed " + SEED + ", kill " + kill + " after " + moment + " of " + entries[kind];
      assertThat(place, table.ids(), anyOf(equalTo(before), equalTo(drop.ids())));
      killedAtWork += atWork && table.ids().equals(before) ? 1 : 0;
      table.idsInFolder();
      table.lettersInFolder();

      Ran rerun = leat(command(drop, table));
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
      int before = onLake(table).entries();
      leat(command(drop, table));
      entries[i] = onLake(table).entries() - before;
    }
    table.holdsOnce(drop);
    return entries;
  }

  private KilledLeat onLake(RawTable table) {
    return new KilledLeat(table.warehouse(), root.resolve("killed.log"));
  }

  private Object[] command(Drop drop, RawTable table) {
    return new Object[] {"ingest", workflow, "--source=" + drop.source(), "--sink=" + table.uri()};
  }
}
