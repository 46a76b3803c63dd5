package dev.leat.pipelines.backfill;

import static dev.leat.pipelines.backfill.Shop.on;
import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public class BackfillTest {
  private static final int SALES = 900;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Shop shop;
  private List<Map<String, String>> before;

  @Before
  public void publishAWrongTableOfFiveDays() throws IOException {
    shop = new Shop(folder.getRoot().toPath());
    shop.ingest(shop.sales(1, 5, 12, SALES, 1)).publishWrong();
    before = shop.rows();
  }

  @Test
  public void dryRunTellsThePlanAndWritesNothing() {
    long snapshots = versions();

    JsonNode json =
        shop.backfill(
                shop.right, "--dryRun", "--pricePerCoreHour=3.6", "--cores=2", "--output=json")
            .json();
    Ran text = shop.backfill(shop.right, "--dryRun");

    JsonNode plan = json.path("plan");
    assertThat(plan.path("partitions").asInt(), is(2));
    assertThat(plan.path("files").asInt(), is(2));
    assertThat(plan.path("rows").asLong(), is(salesOn("2026-01-02") + salesOn("2026-01-03")));
    assertThat(plan.path("published_rows").asInt(), is(on(before, 2, 3).size()));
    assertThat(plan.path("chunks").size(), is(1));
    assertThat(plan.at("/chunks/0/start").asText(), is("2026-01-02T00:00:00Z"));
    assertThat(plan.at("/chunks/0/end").asText(), is("2026-01-04T00:00:00Z"));
    double seconds = plan.path("seconds").asDouble();
    assertThat(
        plan.path("cost").asDouble(), org.hamcrest.Matchers.closeTo(seconds * 2 / 1000, 1e-6));
    assertThat(text.code(), is(0));
    assertThat(text.out(), containsString("give --pricePerCoreHour to have it told"));
    assertThat(text.out(), containsString(", by 1 run of this table on DirectRunner with "));
    assertThat(versions(), is(snapshots));
  }

  @Test
  public void aWorkflowMaySayItsTablesItself() throws IOException {
    String tables = "source: %s\nsink: %s".formatted(shop.raw(), shop.table());
    Path own = shop.workflow("own", tables, "");

    Ran said = leat("backfill", own, Shop.RANGE[0], Shop.RANGE[1], "--dryRun");
    Ran neither = leat("backfill", shop.right, Shop.RANGE[0], Shop.RANGE[1], "--dryRun");

    assertThat(said.err(), said.code(), is(0));
    assertThat(said.out(), containsString("2026-01-02T00:00:00Z to 2026-01-04T00:00:00Z"));
    assertThat(neither.code(), is(2));
    assertThat(neither.err(), containsString("--source"));
    assertThat(neither.err(), containsString("--sink"));
  }

  @Test
  public void aSampleOfAllKeysTellsExactlyWhatChanges() {
    long snapshots = versions();
    List<Map<String, String>> after = on(shop.rebuilt(shop.right), 2, 3);
    List<Map<String, String>> old = on(before, 2, 3);

    JsonNode json = shop.backfill(shop.right, "--sampleFraction=1", "--output=json").json();

    Map<String, Map<String, String>> oldByKey = byKey(old);
    Map<String, Map<String, String>> newByKey = byKey(after);
    long added = newByKey.keySet().stream().filter(key -> !oldByKey.containsKey(key)).count();
    long unchanged =
        newByKey.entrySet().stream()
            .filter(row -> row.getValue().equals(oldByKey.get(row.getKey())))
            .count();
    JsonNode sample = json.path("sample");
    assertThat(sample.path("keys").asInt(), is(12));
    assertThat(sample.path("added").asLong(), is(added));
    assertThat(sample.path("removed").asLong(), is(0L));
    assertThat(sample.path("unchanged").asLong(), is(unchanged));
    assertThat(sample.path("changed").asLong(), is(after.size() - added - unchanged));
    assertThat(added, greaterThan(0L));
    assertThat(unchanged, greaterThan(0L));
    assertThat(sample.at("/examples/0/kind").asText(), is("added"));
    JsonNode changed = sample.path("examples").get(sample.path("examples").size() - 1);
    assertThat(changed.path("kind").asText(), is("changed"));
    String key = changed.at("/key/window_start").asText() + changed.at("/key/shop").asText();
    for (JsonNode change : changed.path("changes")) {
      String column = change.path("column").asText();
      assertThat(change.path("old").asText(), is(oldByKey.get(key).get(column)));
      assertThat(change.path("new").asText(), is(newByKey.get(key).get(column)));
    }
    assertThat(json.at("/prediction/rows").asLong(), is((long) after.size()));
    assertThat(json.at("/prediction/rows_error").asLong(), is(0L));
    assertThat(versions(), is(snapshots));
  }

  @Test
  public void theFullRunGathersOnABranchAndPublishesWhole() {
    Ran full = shop.backfill(shop.right, "--chunkRows=1", "--output=json");
    List<Map<String, String>> unpublished = shop.rows();
    Ran again = shop.backfill(shop.right);
    Ran publish = shop.backfill(shop.right, "--publish", "--output=json");
    Ran afterwards = shop.backfill(shop.right, "--publish");

    assertThat(full.err(), full.code(), is(0));
    assertThat(full.json().path("chunks_made").asInt(), is(2));
    assertThat(full.json().path("published").asBoolean(), is(false));
    assertThat(unpublished, is(before));
    assertThat(again.code(), is(20));
    assertThat(again.out(), containsString("--publish publishes it"));
    assertThat(publish.err(), publish.code(), is(0));
    assertThat(publish.json().path("chunks_made").asInt(), is(0));
    assertThat(publish.json().path("published").asBoolean(), is(true));
    assertThat(shop.rows(), is(expected()));
    assertThat(afterwards.code(), is(20));
    assertThat(afterwards.out(), containsString("This backfill is published, as snapshot"));
  }

  @Test
  public void whatCameIntoTheSourceMeanwhileIsNotInItAndMakesItWorthToRunAgain()
      throws IOException {
    Ran first = shop.backfill(shop.right, "--publish");
    List<Map<String, String>> published = shop.rows();

    shop.ingest(shop.sales(3, 1, 12, 20, 7));
    Ran second = shop.backfill(shop.right, "--publish", "--output=json");
    shop.ingest(shop.sales(5, 1, 12, 20, 8));
    Ran third = shop.backfill(shop.right, "--publish");

    assertThat(first.err(), first.code(), is(0));
    assertThat(second.err(), second.code(), is(0));
    assertThat(second.json().path("chunks_made").asInt(), is(1));
    assertThat(on(shop.rows(), 3), is(on(shop.rebuilt(shop.right), 3)));
    assertThat(on(shop.rows(), 3), is(not(on(published, 3))));
    assertThat(third.code(), is(20));
  }

  @Test
  public void aTableThatIsNotThereIsMadeOfTheRange() {
    Ran ran =
        leat(
            "backfill",
            shop.right,
            "--source=" + shop.raw(),
            "--sink=" + shop.table() + "_new",
            "--eventTimeStart=2026-01-02",
            "--eventTimeEnd=2026-01-04",
            "--publish");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.out(), not(containsString("to undo")));
    assertThat(
        dev.leat.pipelines.cli.Rows.ofLake(shop.table() + "_new"),
        is(on(shop.rebuilt(shop.right), 2, 3)));
  }

  @Test
  public void rulesAuditTheWholeAndNotEachChunk() throws IOException {
    int rows = on(shop.rebuilt(shop.right), 2, 3).size();
    Path holds =
        shop.workflow("holds", "", "quality: [{rows: {min: %d, max: %d}}]".formatted(rows, rows));
    Path broken = shop.workflow("broken", "", "quality: [{rows: {max: %d}}]".formatted(rows - 1));

    Ran refused = shop.backfill(broken, "--chunkRows=1", "--publish");
    Ran refusedAgain = shop.backfill(broken, "--publish");
    Ran refusedByHand = leat("table", "publish", shop.table(), branch());
    List<Map<String, String>> unpublished = shop.rows();
    Ran published = shop.backfill(holds, "--chunkRows=1", "--publish");

    String problem =
        "leat: quality {rows: {min: 0, max: %d}}: expected at most %d, got %d"
            .formatted(rows - 1, rows - 1, rows);
    assertThat(refused.err(), refused.code(), is(3));
    assertThat(refused.err(), containsString(problem));
    assertThat(
        refused.err(), containsString("Nothing was published; what was there is as before."));
    assertThat(refusedAgain.code(), is(3));
    assertThat(refusedAgain.err(), containsString(problem));
    assertThat(refusedByHand.err(), refusedByHand.code(), is(3));
    assertThat(refusedByHand.err(), containsString("expected at most " + (rows - 1)));
    assertThat(unpublished, is(before));
    assertThat(published.err(), published.code(), is(0));
    assertThat(shop.rows(), is(expected()));
    assertThat(
        leat("table", "history", shop.table(), "--output=json")
            .json()
            .at("/versions/0/rows")
            .asInt(),
        is(expected().size()));
  }

  @Test
  public void rowsThatOthersWroteIntoOtherDaysStay() {
    shop.backfill(shop.right);
    Ran other = runDay(shop.right, 5);
    List<Map<String, String>> moved = shop.rows();

    Ran refused = shop.backfill(shop.right, "--publish");
    List<Map<String, String>> unpublished = shop.rows();
    Ran rebased = shop.backfill(shop.right, "--publish", "--rebase", "--output=json");

    assertThat(other.err(), other.code(), is(0));
    assertThat(refused.code(), is(3));
    assertThat(
        refused.err(), containsString("the table moved since this backfill was begun: 1 commit"));
    assertThat(refused.err(), containsString("its rows are taken over as they are"));
    assertThat(unpublished, is(moved));
    assertThat(rebased.err(), rebased.code(), is(0));
    assertThat(rebased.json().path("chunks_made").asInt(), is(0));
    assertThat(on(shop.rows(), 2, 3), is(on(shop.rebuilt(shop.right), 2, 3)));
    assertThat(on(shop.rows(), 1, 4, 5), is(on(moved, 1, 4, 5)));
  }

  @Test
  public void daysThatOthersWroteIntoAreMadeAgainFromANewerSource() throws IOException {
    shop.backfill(shop.right, "--chunkRows=1");
    shop.ingest(shop.sales(3, 1, 12, 20, 7));
    Ran other = runDay(shop.wrong, 3);

    Ran refused = shop.backfill(shop.right, "--publish", "--chunkRows=1");
    Ran rebased =
        shop.backfill(shop.right, "--publish", "--rebase", "--chunkRows=1", "--output=json");

    assertThat(other.err(), other.code(), is(0));
    assertThat(refused.code(), is(3));
    assertThat(
        refused.err(),
        containsString(
            "of these 1 changed rows of the backfill's range, in the partition of 2026-01-03"));
    assertThat(rebased.err(), rebased.code(), is(0));
    assertThat(rebased.json().path("chunks_made").asInt(), is(1));
    assertThat(on(shop.rows(), 2, 3), is(on(shop.rebuilt(shop.right), 2, 3)));
    assertThat(on(shop.rows(), 1, 4, 5), is(on(before, 1, 4, 5)));
  }

  @Test
  public void partitionsWhoseEventsExpiredAreNotEmptiedUnasked() throws IOException {
    // A raw table of the second day only stands for one whose third day has expired.
    Shop other = new Shop(Files.createDirectory(folder.getRoot().toPath().resolve("other")));
    other.ingest(other.sales(2, 1, 12, 50, 3));
    String[] words = {
      "backfill",
      shop.right.toString(),
      "--source=" + other.raw(),
      "--sink=" + shop.table(),
      "--eventTimeStart=2026-01-02",
      "--eventTimeEnd=2026-01-04",
      "--publish"
    };
    List<Object> more = new ArrayList<>(List.of(words));
    more.add("--emptyPartitions");

    Ran refused = leat((Object[]) words);
    List<Map<String, String>> unpublished = shop.rows();
    Ran allowed = leat(more.toArray());

    assertThat(refused.err(), refused.code(), is(3));
    assertThat(
        refused.err(), containsString("1 of the range's partitions, the first from 2026-01-03"));
    assertThat(unpublished, is(before));
    assertThat(allowed.err(), allowed.code(), is(0));
    assertThat(on(shop.rows(), 3).size(), is(0));
    assertThat(on(shop.rows(), 1, 4, 5), is(on(before, 1, 4, 5)));
  }

  private List<Map<String, String>> expected() {
    List<Map<String, String>> rows = new ArrayList<>(on(before, 1));
    rows.addAll(on(shop.rebuilt(shop.right), 2, 3));
    rows.addAll(on(before, 4, 5));
    return rows;
  }

  private Ran runDay(Path workflow, int day) {
    return leat(
        "run",
        workflow,
        "--source=" + shop.raw(),
        "--sink=" + shop.table(),
        "--eventTimeStart=2026-01-0" + day,
        "--eventTimeEnd=2026-01-0" + (day + 1));
  }

  private long versions() {
    return leat("table", "history", shop.table(), "--output=json").json().path("versions").size();
  }

  private long salesOn(String day) {
    return shop.sales(1, 5, 12, SALES, 1).stream().filter(line -> line.contains(day)).count();
  }

  private static Map<String, Map<String, String>> byKey(List<Map<String, String>> rows) {
    Map<String, Map<String, String>> byKey = new java.util.HashMap<>();
    for (Map<String, String> row : rows) {
      byKey.put(row.get("window_start").replace(".000000", "") + row.get("shop"), row);
    }
    return byKey;
  }

  /** The only branch there is, as history lists it. */
  private String branch() {
    String history = leat("table", "history", shop.table(), "--all", "--output=json").out();
    Matcher branch = Pattern.compile("backfill-totals-[0-9a-f-]+").matcher(history);
    assertThat(history, branch.find(), is(true));
    return branch.group();
  }
}
