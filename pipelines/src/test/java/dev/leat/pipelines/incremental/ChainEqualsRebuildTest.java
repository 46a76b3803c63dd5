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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Of two workflows, the second of which reads the table of the first: after each of some
 * deliveries, many of whose events are late, incremental runs of both leave in the second table
 * what a run over the whole first table makes.
 *
 * <p>{@code -Dleat.seeds=200} asks for more histories, {@code -Dleat.seed=…} for others.
 */
public class ChainEqualsRebuildTest {
  private static final int SEEDS = Integer.getInteger("leat.seeds", 2);
  private static final long FIRST = Long.getLong("leat.seed", 1);
  private static final int DELIVERIES = 3;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void theSecondTableIsWhatARunOverTheWholeFirstMakes() throws IOException {
    int parts = 0;
    int histories = 0;
    for (long seed = FIRST; histories < SEEDS; seed++) {
      History history = new History(seed, folder.newFolder("seed-" + seed).toPath());
      if (history.hasWindow()) {
        histories++;
        parts += holdsFor(seed, history);
      }
    }
    assertThat("runs that made a part of the second table", parts, greaterThan(0));
  }

  private int holdsFor(long seed, History history) throws IOException {
    Random random = new Random(seed);
    Path root = history.workflowFile().getParent();
    String lake = "lake://" + root + "/lake/";
    Path second = Files.writeString(root.resolve("second.yaml"), second(random));
    String partition = "?partition=" + one(random, "date", "month");
    String told = history + "\n" + Files.readString(second) + partition;
    int parts = 0;
    for (int delivery = 0; delivery < DELIVERIES; delivery++) {
      history.deliver();
      ok(
          leat(
              "ingest",
              history.workflowFile(),
              "--source=" + history.drop(),
              "--sink=" + lake + "raw"));
      run(history.workflowFile(), lake + "raw", lake + "first" + history.sinkParameters());
      if (random.nextBoolean()) {
        assertThat(leat("table", "compact", lake + "first").code() % 20, is(0));
      }

      Ran ran = run(second, lake + "first", lake + "second" + partition);
      ok(
          leat(
              "run",
              second,
              "--source=" + lake + "first",
              "--sink=" + lake + "rebuilt" + partition));

      List<Map<String, String>> rebuilt = Rows.ofLake(lake + "rebuilt");
      String place = "seed " + seed + ", delivery " + delivery + ": " + told + ran.out();
      assertThat(place, rebuilt, not(empty()));
      assertThat(place, Rows.ofLake(lake + "second"), equalTo(rebuilt));
      parts += ran.count("partitions") > 0 ? 1 : 0;
    }
    assertThat(again(second, lake + "first", lake + "second" + partition).code(), is(20));
    return parts;
  }

  private static String second(Random random) {
    return "name: second\n"
        + "events: {type: row, time: %s, tenant: /place}\n"
            .formatted(one(random, "/window_start", "/window_end"))
        + "window: %s\n"
            .formatted(
                one(
                    random,
                    "{fixed: 1d}",
                    "{fixed: 36h}",
                    "{fixed: 1d, offset: 5h}",
                    "{sliding: 6h, every: 2h}",
                    "{session: 5h}"))
        + "aggregate: {by: [tenant], measures: {rows: count, events: sum(/n), most: max(/total),"
        + " first: first(/first)}}\n";
  }

  private static Ran run(Path workflow, String source, String sink) {
    Ran ran = again(workflow, source, sink);
    assertThat(ran.err(), ran.code() % 20, is(0));
    return ran;
  }

  private static Ran again(Path workflow, String source, String sink) {
    List<Object> words = new ArrayList<>(Arrays.asList("run", workflow, "--incremental"));
    words.addAll(List.of("--source=" + source, "--sink=" + sink, "--output=json"));
    return leat(words.toArray());
  }

  private static void ok(Ran ran) {
    assertThat(ran.err(), ran.code(), is(0));
  }

  private static String one(Random random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
