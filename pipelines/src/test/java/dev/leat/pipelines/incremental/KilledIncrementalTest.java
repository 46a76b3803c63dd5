package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.incremental.Warehouse.event;
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
 * {@code kill -9} of an incremental run, at each point of its commit and at seeded moments, then a
 * rerun: the table is what the run that was not killed leaves.
 *
 * <p>{@code -Dleat.kills=20} asks for more of them, {@code -Dleat.seed=…} for others.
 */
public class KilledIncrementalTest {
  private static final int KILLS = Integer.getInteger("leat.kills", 2);
  private static final long SEED = Long.getLong("leat.seed", 42);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse lake;
  private KilledLeat leat;
  private Path workflow;
  private int events;

  @Before
  public void makeATable() throws IOException {
    Path root = folder.getRoot().toPath();
    lake = new Warehouse(root);
    leat = new KilledLeat(root.resolve("lake/default/counts"), root.resolve("killed.log"));
    workflow =
        lake.workflow(
            "w",
            "deduplicate: {horizon: 1d}\nwindow: {session: 30m}\n"
                + "aggregate: {by: [tenant], measures: {n: count, x: sum(/x)}}\n");
    deliver();
    assertThat(lake.incremental(workflow, "counts").code(), is(0));
  }

  @Test
  public void deathAtAnyPointOfTheCommitLeavesAllOrNothing() throws Exception {
    for (String point : List.of("ROWS_WRITTEN", "ROWS_PUBLISHED", "ROWS_COMMITTED")) {
      deliver();
      List<Map<String, String>> before = lake.rows("counts");
      List<Map<String, String>> after = lake.rebuilt(workflow);
      Path mark = lake.root().resolve("died-at-" + point);

      int code = leat.dieAt(point, mark, command());

      assertThat(point + leat.log(), code, is(137));
      assertThat(point, Files.exists(mark), is(true));
      boolean committed = point.equals("ROWS_COMMITTED");
      assertThat(point, lake.rows("counts"), equalTo(committed ? after : before));
      assertThat(point, lake.incremental(workflow, "counts").code(), is(committed ? 20 : 0));
      assertThat(point, lake.rows("counts"), equalTo(after));
      assertThat(point, lake.incremental(workflow, "counts").code(), is(20));
    }
  }

  @Test
  public void deathAtAnyMomentLeavesAllOrNothing() throws Exception {
    Random random = new Random(SEED);
    deliver();
    int alone = -leat.entries();
    lake.incremental(workflow, "counts");
    alone += leat.entries();
    int killedAtWork = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      deliver();
      List<Map<String, String>> before = lake.rows("counts");
      List<Map<String, String>> after = lake.rebuilt(workflow);
      int moment = (int) ((kill + random.nextDouble()) / KILLS * alone);

      boolean atWork = leat.killAfter(moment, random.nextInt(15), command());

      String place = "seed " + SEED + ", kill " + kill + " after " + moment + " of " + alone;
      assertThat(place, lake.rows("counts"), anyOf(equalTo(before), equalTo(after)));
      killedAtWork += atWork && lake.rows("counts").equals(before) ? 1 : 0;
      Ran rerun = lake.incremental(workflow, "counts");
      assertThat(place + rerun.err(), rerun.code(), anyOf(is(0), is(20)));
      assertThat(place, lake.rows("counts"), equalTo(after));
      assertThat(place, lake.incremental(workflow, "counts").code(), is(20));
    }
    assertThat(killedAtWork, greaterThan(0));
  }

  /** Events of five days, many of which join sessions that are there. */
  private void deliver() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int n = events++;
      lines.add(
          event(
              "e" + n,
              "2026-01-0%dT%02d:%02d".formatted(1 + n % 5, n * 7 % 24, n * 13 % 60),
              ",\"x\":" + n));
    }
    lake.take(workflow, lines.toArray(String[]::new));
  }

  private Object[] command() {
    return new Object[] {
      "run", workflow, "--source=" + lake.at("raw"), "--sink=" + lake.at("counts"), "--incremental"
    };
  }
}
