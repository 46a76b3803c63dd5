package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * After each of some deliveries, many of whose events are late, an incremental run leaves the table
 * that a run over all events makes, row for row, and its dead letters; once more it finds nothing
 * to do and commits nothing.
 *
 * <p>{@code -Dleat.seeds=200} asks for more histories, {@code -Dleat.seed=…} for others.
 */
public class RepairEqualsRebuildTest {
  private static final int SEEDS = Integer.getInteger("leat.seeds", 3);
  private static final long FIRST = Long.getLong("leat.seed", 1);
  private static final int DELIVERIES = 3;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void anIncrementalRunLeavesWhatARunOverAllEventsMakes() throws IOException {
    int parts = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      parts += holdsFor(seed);
    }
    assertThat("runs that made a part of the table", parts, greaterThan(0));
  }

  private int holdsFor(long seed) throws IOException {
    Path root = folder.newFolder("seed-" + seed).toPath();
    History history = new History(seed, root);
    String lake = "lake://" + root + "/lake/";
    int parts = 0;
    for (int delivery = 0; delivery < DELIVERIES; delivery++) {
      history.deliver();
      ok(
          leat(
              "ingest",
              history.workflowFile(),
              "--source=" + history.drop(),
              "--sink=" + lake + "raw"));

      Ran ran = incremental(history, lake);
      ok(
          leat(
              "run",
              history.workflowFile(),
              "--source=" + lake + "raw",
              "--sink=" + lake + "rebuilt" + history.sinkParameters()));

      String place = "seed " + seed + ", delivery " + delivery + ": " + history + ran.out();
      assertThat(place + ran.err(), ran.code(), is(0));
      List<Map<String, String>> rebuilt = Rows.ofLake(lake + "rebuilt");
      assertThat(place, rebuilt, not(empty()));
      assertThat(place, Rows.ofLake(lake + "repaired"), equalTo(rebuilt));
      assertThat(place, letters(lake + "repaired"), equalTo(letters(lake + "rebuilt")));
      parts += ran.count("partitions") > 0 ? 1 : 0;
    }
    int versions = versions(lake);
    assertThat("seed " + seed, incremental(history, lake).code(), is(20));
    assertThat("seed " + seed, versions(lake), is(versions));
    return parts;
  }

  private static Ran incremental(History history, String lake) {
    return leat(
        "run",
        history.workflowFile(),
        "--source=" + lake + "raw",
        "--sink=" + lake + "repaired" + history.sinkParameters(),
        "--incremental",
        "--output=json");
  }

  private static List<Map<String, String>> letters(String table) {
    try {
      return Rows.ofLake(table + "_dead_letters");
    } catch (dev.leat.io.spi.UnreachableException e) {
      return List.of();
    }
  }

  private static int versions(String lake) {
    return leat("table", "history", lake + "repaired", "--output=json")
        .json()
        .path("versions")
        .size();
  }

  private static void ok(Ran ran) {
    assertThat(ran.err(), ran.code(), is(0));
  }
}
