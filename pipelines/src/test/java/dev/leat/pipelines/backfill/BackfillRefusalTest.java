package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BackfillRefusalTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Shop shop;

  @Before
  public void ingest() throws IOException {
    root = folder.getRoot().toPath();
    shop = new Shop(root);
    shop.ingest(shop.sales(1, 3, 3, 30, 1));
  }

  @Test
  public void tellsAllProblemsOfTheOptionsAtOnce() {
    Ran ran =
        leat(
            "backfill",
            shop.right,
            "--source=jsonl:///x",
            "--sink=stdout:",
            "--eventTimeStart=yesterday",
            "--eventTimeEnd=2026-01-04",
            "--sampleFraction=1.5",
            "--dryRun",
            "--publish",
            "--chunkRows=0",
            "--cores=0",
            "--pricePerCoreHour=-1");

    assertThat(ran.code(), is(2));
    assertThat(
        problems(ran),
        is(
            List.of(
                "--sampleFraction: expected above 0, at most 1, got 1.5",
                "--chunkRows: expected 1 or more, got 0",
                "--pricePerCoreHour: expected 0 or more, got -1.0",
                "--cores: expected 1 or more, got 0",
                "--dryRun, --sampleFraction: expected one of them; a sample tells the plan too",
                "--dryRun: expected neither --publish nor --rebase nor --restart with it, because it"
                    + " writes nothing",
                "--eventTimeStart: expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z, got"
                    + " 'yesterday'")));
  }

  @Test
  public void tellsAllThatIsWrongWithTablesWorkflowAndLookups() throws IOException {
    Path windowless =
        Files.writeString(
            root.resolve("windowless.yaml"),
            """
            name: all
            events: {format: jsonl, type: sale, id: /id, time: /time, tenant: /shop}
            aggregate: {measures: {n: count}}
            """);

    Ran ran =
        leat(
            "backfill",
            windowless,
            "--source=files:///x.jsonl",
            "--sink=stdout:",
            "--eventTimeStart=2026-01-01",
            "--eventTimeEnd=2026-01-02",
            "--deadLetters=jsonl:///x");

    assertThat(ran.code(), is(2));
    assertThat(problems(ran).size(), is(4));
    assertThat(problems(ran).get(0), containsString("--source: expected a table of the lake"));
    assertThat(problems(ran).get(1), containsString("--sink: expected a table of the lake"));
    assertThat(problems(ran).get(2), containsString("--deadLetters: expected a table of the lake"));
    assertThat(
        problems(ran).get(3),
        containsString("expected a workflow with an aggregate and fixed windows"));
  }

  @Test
  public void refusesTimesThatAreNoRangeOfPartitions() {
    assertThat(
        problems(with("--eventTimeStart=2026-01-03", "--eventTimeEnd=2026-01-03")),
        is(
            List.of(
                "eventTimeStart must be before eventTimeEnd, got 2026-01-03T00:00:00Z and 2026-01-03T00:00:00Z")));
    assertThat(
        problems(with("--eventTimeStart=2026-01-01T12:00:00Z", "--eventTimeEnd=2026-01-02")).get(0),
        containsString("expected whole UTC days, because that is what the table can replace"));
    assertThat(
        problems(with("--eventTimeStart=2026-01-01T00:30:00Z", "--eventTimeEnd=2026-01-02")).get(0),
        containsString("--eventTimeStart: expected a time at which a window of 1h begins"));
    Ran missing = leat("backfill", shop.right, "--source=" + shop.raw(), "--sink=" + shop.table());
    assertThat(missing.code(), is(2));
    assertThat(missing.err(), containsString("missing option --eventTimeStart=TIME"));
    assertThat(missing.err(), containsString("missing option --eventTimeEnd=TIME"));
  }

  @Test
  public void aRangeWithoutEventsIsNothingToDo() {
    String[] range = {"--eventTimeStart=2030-01-01", "--eventTimeEnd=2030-01-02"};
    String said = "The raw table has no event from 2030-01-01T00:00:00Z to 2030-01-02T00:00:00Z.";

    assertThat(with(range).code(), is(20));
    assertThat(with(range).out().strip(), is(said));
    assertThat(with(range[0], range[1], "--dryRun").code(), is(20));
    assertThat(with(range[0], range[1], "--sampleFraction=0.5").out().strip(), is(said));
    assertThat(
        with(range[0], range[1], "--output=json").json().path("nothing_to_do").asText(), is(said));
    assertThat(Files.exists(root.resolve("lake/default/totals")), is(false));
  }

  @Test
  public void aTableThatIsNotThereIsUnreachable() {
    Ran ran =
        leat(
            "backfill",
            shop.right,
            "--source=" + shop.raw() + "_absent",
            "--sink=" + shop.table(),
            Shop.RANGE[0],
            Shop.RANGE[1]);

    assertThat(ran.code(), is(4));
    assertThat(ran.err(), containsString("raw_absent: there is no such table in the lake"));
  }

  @Test
  public void aSampleWithoutAKeyIsRefusedAndSaysWhatToTry() {
    Ran ran = shop.backfill(shop.right, "--sampleFraction=0.000001");

    assertThat(ran.code(), is(2));
    assertThat(
        problems(ran).get(0),
        containsString("--sampleFraction: expected a share that some key is in"));
  }

  @Test
  public void refusesAPinnedSourceAndARebaseOfNothing() {
    long snapshot =
        leat("table", "history", shop.raw(), "--output=json")
            .json()
            .at("/versions/0/snapshot")
            .asLong();

    Ran pinned =
        leat(
            "backfill",
            shop.right,
            "--source=" + shop.raw() + "?snapshot=" + snapshot,
            "--sink=" + shop.table(),
            Shop.RANGE[0],
            Shop.RANGE[1]);

    assertThat(pinned.code(), is(2));
    assertThat(problems(pinned).get(0), containsString("--source: expected no snapshot="));
    assertThat(
        problems(shop.backfill(shop.right, "--rebase")),
        is(List.of("--rebase: expected --publish with it")));
  }

  private Ran with(String... more) {
    List<Object> words = new ArrayList<>(List.of("backfill", shop.right));
    words.add("--source=" + shop.raw());
    words.add("--sink=" + shop.table());
    words.addAll(List.of(more));
    return leat(words.toArray());
  }

  private static List<String> problems(Ran ran) {
    return ran.err()
        .lines()
        .filter(line -> line.startsWith("leat: "))
        .map(line -> line.substring("leat: ".length()))
        .toList();
  }
}
