package dev.leat.pipelines.quickstart;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.comparesEqualTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.leat.pipelines.cli.FolderState;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The quickstart on the example that the checkout ships. */
public class QuickstartTest {
  /** Tests run in their module's folder. */
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path directory;

  @Before
  public void nameTheCheckout() {
    System.setProperty("leat.home", HOME.toString());
    directory = folder.getRoot().toPath().resolve("quick start");
  }

  @After
  public void forgetTheCheckout() {
    System.clearProperty("leat.home");
  }

  @Test
  public void itsTableIsWhatDuckDbComputesFromTheSameFlights() {
    Ran ran = quickstart("--output=json");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("read"), is(ran.count("stored") + ran.count("dead_letters")));
    assertThat(
        ran.count("stored"), is(ran.count("used") + ran.count("repeats") + ran.count("late")));
    assertThat(ran.count("dead_letters"), is(7L));
    assertThat(ran.count("late"), is(0L));

    List<Map<String, String>> rows = Rows.ofLake("lake://" + directory + "/lake/delays");
    List<Map<String, String>> expected = expected();
    String[] exact = {
      "window_start", "window_end", "state", "flights", "delayed", "max_delay", "airports"
    };
    assertThat(ran.count("rows"), is((long) rows.size()));
    assertThat(Rows.columns(rows, exact), equalTo(Rows.columns(expected, exact)));
    long used = 0;
    for (int i = 0; i < rows.size(); i++) {
      Map<String, String> row = rows.get(i);
      Map<String, String> other = expected.get(i);
      used += Long.parseLong(row.get("flights"));
      assertThat(new BigDecimal(row.get("avg_delay")), comparesEqualTo(averageOf(other)));
      double p95 = Double.parseDouble(other.get("p95_delay"));
      assertThat(
          row + " p95_delay",
          Double.parseDouble(row.get("p95_delay")),
          closeTo(p95, Math.abs(p95) / 100 + 1e-9));
    }
    assertThat(ran.count("used"), is(used));
  }

  @Test
  public void tellsItsStoryAndDoesItAgainInTheSameFolder() throws IOException {
    Ran first = quickstart();
    Files.writeString(directory.resolve("drop/week-99.jsonl.gz"), "left behind");
    Ran second = quickstart();

    assertThat(first.err(), first.code(), is(0));
    assertThat(first.lines(), hasItem("           It balances."));
    assertThat(first.lines(), hasItem(startsWith("Ledger     ")));
    assertThat(
        first.out(), containsString("./leat table history 'lake://" + directory + "/lake/delays'"));
    assertThat(second.err(), second.code(), is(0));
    assertThat(second.out(), equalTo(first.out()));
    assertThat(Files.exists(directory.resolve("drop/week-99.jsonl.gz")), is(false));
  }

  @Test
  public void refusesAFolderWithOtherThingsAndTouchesNothing() throws IOException {
    Files.createDirectory(directory);
    Files.writeString(directory.resolve("thesis.txt"), "years of work");
    Map<String, String> before = FolderState.of(folder.getRoot().toPath());

    Ran ran = quickstart();

    assertThat(ran.code(), is(2));
    assertThat(
        ran.err(),
        is(
            "leat: --directory: expected a new or empty folder, got "
                + directory
                + ", which holds other things\n"));
    assertThat(FolderState.of(folder.getRoot().toPath()), equalTo(before));
  }

  @Test
  public void refusesAFile() throws IOException {
    Files.writeString(directory, "a file");

    Ran ran = quickstart();

    assertThat(ran.code(), is(2));
    assertThat(
        ran.err(), is("leat: --directory: expected a folder, got the file " + directory + "\n"));
    assertThat(Files.readString(directory), is("a file"));
  }

  @Test
  public void refusesAFolderThatAnotherQuickstartIsAtWorkIn() throws IOException {
    try (QuickstartFolder other = QuickstartFolder.open(directory)) {
      Path theirs = Files.writeString(other.path().resolve("theirs"), "x");

      Ran ran = quickstart();

      assertThat(ran.code(), is(2));
      assertThat(
          ran.err(),
          is(
              "leat: --directory: another quickstart is at work in "
                  + directory
                  + "; give another folder\n"));
      assertThat(Files.exists(theirs), is(true));
    }
  }

  @Test
  public void saysWhereItMustBeRunIfThereIsNoExample() {
    System.setProperty("leat.home", folder.getRoot().toString());

    Ran ran = quickstart();

    assertThat(ran.code(), is(4));
    assertThat(
        ran.err(),
        containsString("delays.yaml: there is no such file; run the leat of a checkout"));
    assertThat(Files.exists(directory), is(false));
  }

  @Test
  public void deliversTheSameForTheSameSeedOnly() throws IOException {
    Path flights = HOME.resolve("examples/flights/flights-20k.json.gz");
    Path one = folder.newFolder().toPath();
    Path same = folder.newFolder().toPath();
    Path other = folder.newFolder().toPath();

    Delivery first = Delivery.write(flights, one, 1);
    Delivery second = Delivery.write(flights, same, 1);
    Delivery.write(flights, other, 2);

    assertThat(second, is(first));
    assertThat(FolderState.of(same), equalTo(FolderState.of(one)));
    assertThat(FolderState.of(other).equals(FolderState.of(one)), is(false));
    assertThat(first.events(), is(20_000));
    assertThat(first.repeats() / 20_000.0, closeTo(0.05, 0.005));
    assertThat(first.poison(), is(7));
  }

  @Test
  public void deliversLateFlightsAWeekLateAndOthersInTheirWeek() throws IOException {
    Path drop = folder.newFolder().toPath();

    Delivery delivery =
        Delivery.write(HOME.resolve("examples/flights/flights-20k.json.gz"), drop, 1);

    List<Map<String, String>> found =
        Rows.ofDuckDb(
            """
            SELECT late, count(*) n FROM (SELECT min(parse_filename(filename)[6:7]::INT)
                - ((dayofyear(strptime(json->>'date', '%%Y/%%m/%%d %%H:%%M')) - 1) // 7 + 1) late
              FROM read_json('%s/*.gz', format='newline_delimited', records=false, filename=true,
                ignore_errors=true, columns={json: 'JSON'})
              WHERE try_strptime(json->>'date', '%%Y/%%m/%%d %%H:%%M') IS NOT NULL GROUP BY json)
            GROUP BY late
            """
                .formatted(drop));
    assertThat(
        found,
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"late\":0,\"n\":" + (delivery.events() - delivery.late()) + "}",
                    "{\"late\":1,\"n\":" + delivery.late() + "}"))));
  }

  private Ran quickstart(String... options) {
    Object[] words = new Object[options.length + 2];
    words[0] = "quickstart";
    words[1] = "--directory=" + directory;
    System.arraycopy(options, 0, words, 2, options.length);
    return leat(words);
  }

  /** To nine places, which is what decimals of results have. */
  private static BigDecimal averageOf(Map<String, String> row) {
    return new BigDecimal(row.get("total"))
        .divide(new BigDecimal(row.get("flights")), 9, RoundingMode.HALF_EVEN);
  }

  /** Flights that are alike in everything are one: they have no id but what they say. */
  private static List<Map<String, String>> expected() {
    Path flights = HOME.resolve("examples/flights");
    return Rows.ofDuckDb(
        """
        SELECT date_trunc('day', strptime(f.date, '%%Y/%%m/%%d %%H:%%M'))::TIMESTAMP window_start,
          date_trunc('day', strptime(f.date, '%%Y/%%m/%%d %%H:%%M'))::TIMESTAMP + INTERVAL 1 day
            window_end,
          a.state state, count(*) flights, count(*) FILTER (f.delay > 15) delayed,
          max(f.delay) max_delay, count(DISTINCT f.origin) airports,
          sum(f.delay) total, quantile_disc(f.delay, 0.95) p95_delay
        FROM (SELECT DISTINCT * FROM read_json('%s/flights-20k.json.gz', format='array',
            columns={date: 'VARCHAR', delay: 'INTEGER', distance: 'INTEGER', origin: 'VARCHAR',
              destination: 'VARCHAR'})) f
          LEFT JOIN read_csv('%s/airports.csv', header=true, all_varchar=true) a
            ON a.iata = f.origin
        GROUP BY 1, 2, 3
        """
            .formatted(flights, flights));
  }
}
