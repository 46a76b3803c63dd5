package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Versions of tables, from the command line: what is said, what is done, and how it ends. */
public class TableVersionsTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Path workflow;
  private String raw;
  private String table;

  @Before
  public void ingestTwiceAndRunTwice() throws IOException {
    root = folder.getRoot().toPath();
    raw = "lake://" + root + "/lake/raw";
    table = "lake://" + root + "/lake/hourly";
    workflow =
        Files.writeString(
            root.resolve("hourly.yaml"),
            """
            name: hourly
            events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
            window: {fixed: 1h}
            aggregate: {by: [tenant], measures: {n: count, total: sum(/x)}}
            """);
    ingest("a", "{'id':'1','time':'2026-01-01T00:10:00Z','tenant':'a','x':1.5}");
    run();
    ingest(
        "b",
        "{'id':'2','time':'2026-01-01T00:20:00Z','tenant':'a','x':2}",
        "{'id':'3','time':'2026-01-02T00:20:00Z','tenant':'b','x':2}");
    run();
  }

  @Test
  public void historyTellsWhoMadeAVersionOfWhat() {
    leat("table", "tag", table, "first", "--snapshot=" + snapshot(table, 1));

    JsonNode versions = leat("table", "history", table, "--output=json").json().path("versions");
    Ran text = leat("table", "history", table);

    assertThat(versions.size(), is(2));
    JsonNode head = versions.path(0);
    assertThat(head.path("workflow").asText(), is("hourly"));
    assertThat(head.path("workflow_version").asText(), matchesPattern("[0-9a-f]{12}"));
    assertThat(head.path("source").asText(), is(raw));
    assertThat(head.path("run").asText(), matchesPattern("\\d{8}T\\d{6}-[0-9a-f]{8}"));
    assertThat(head.path("rows").asInt(), is(2));
    assertThat(head.path("rows_added").asInt(), is(2));
    assertThat(head.path("rows_removed").asInt(), is(1));
    assertThat(head.path("current").asBoolean(), is(true));
    assertThat(head.path("rolled_back").asBoolean(), is(false));
    assertThat(versions.path(1).path("tags").toString(), is("[\"first\"]"));
    assertThat(text.lines().get(2), containsString(" first hourly "));
  }

  @Test
  public void diffTellsWhatChanged() {
    String first = snapshot(table, 1);
    String second = snapshot(table, 0);

    Ran text = leat("table", "diff", table, first, "main");
    JsonNode json =
        leat("table", "diff", table, first, second, "--output=json", "--examples=1").json();

    assertThat(text.code(), is(0));
    assertThat(
        text.lines(),
        contains(
            first
                + " → "
                + second
                + ": 1 added, 0 removed, 1 changed by window_start, tenant; read 3 files of 2"
                + " partitions.",
            "  - window_start=2026-01-01T00:00:00Z  tenant=a  n=1  total=1.5",
            "  + window_start=2026-01-01T00:00:00Z  tenant=a  n=2  total=3.5",
            "  + window_start=2026-01-02T00:00:00Z  window_end=2026-01-02T01:00:00Z  tenant=b  n=1"
                + "  total=2"));
    assertThat(json.path("added").asInt(), is(1));
    assertThat(json.path("changed").asInt(), is(1));
    assertThat(json.path("key").toString(), is("[\"window_start\",\"tenant\"]"));
    assertThat(
        json.at("/examples/0").toString(),
        is(
            "{\"before\":{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T01:00:00Z\",\"tenant\":\"a\",\"n\":1,\"total\":1.5},"
                + "\"after\":{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T01:00:00Z\",\"tenant\":\"a\",\"n\":2,\"total\":3.5}}"));
    assertThat(leat("table", "diff", table, "main", "absent").code(), is(2));
    assertThat(leat("table", "diff", table, "main", "main", "--examples=-1").code(), is(2));
    assertThat(leat("table", "diff", table + "_absent", "main", "main").code(), is(4));
  }

  @Test
  public void rollbackGoesBackAndForward() {
    String first = snapshot(table, 1);
    String second = snapshot(table, 0);
    List<Map<String, String>> after = Rows.ofLake(table);

    Ran back = leat("table", "rollback", table, "--to=" + first);
    int rows = Rows.ofLake(table).size();
    Ran again = leat("table", "rollback", table, "--to=" + first, "--output=json");
    Ran forward = leat("table", "rollback", table, "--to=" + second, "--output=json");

    assertThat(back.code(), is(0));
    assertThat(back.lines().get(0), startsWith(table + " is at snapshot " + first + " of "));
    assertThat(back.lines().get(1), is("  undone 1 version: +2 −1 rows"));
    assertThat(
        back.lines().get(2),
        is("The way forward again: leat table rollback " + table + " --to=" + second));
    assertThat(rows, is(1));
    assertThat(again.code(), is(0));
    assertThat(again.json().path("undone").size(), is(0));
    assertThat(forward.json().path("redone").toString(), is("[" + second + "]"));
    assertThat(Rows.ofLake(table), is(after));
    assertThat(leat("table", "rollback", table, "--to=17").code(), is(2));
    assertThat(leat("table", "rollback", table).code(), is(2));
  }

  @Test
  public void tagsAreSetAndDropped() {
    Ran set = leat("table", "tag", table, "audited");
    Ran json = leat("table", "tag", table, "audited", "--output=json");
    Ran both = leat("table", "tag", table, "audited", "--drop", "--snapshot=main");
    Ran dropped = leat("table", "tag", table, "audited", "--drop");
    Ran absent = leat("table", "tag", table, "audited", "--drop");

    assertThat(
        set.out().strip(), is("audited is snapshot " + snapshot(table, 0) + " of " + table + "."));
    assertThat(json.json().path("dropped").asBoolean(), is(false));
    assertThat(both.err(), startsWith("leat: --drop, --snapshot: expected one of them, not both"));
    assertThat(dropped.code(), is(0));
    assertThat(absent.code(), is(2));
    assertThat(absent.err().strip(), is("leat: NAME: audited is no tag"));
  }

  @Test
  public void publishRefusesWhatIsNoBranch() {
    Ran absent = leat("table", "publish", table, "fix");
    Ran main = leat("table", "publish", table, "main");

    assertThat(absent.code(), is(2));
    assertThat(
        absent.err().strip(), is("leat: BRANCH: the table has no branch 'fix'; it has [main]"));
    assertThat(main.code(), is(0));
    assertThat(main.out().strip(), is(table + " has all of branch main already."));
  }

  @Test
  public void readingAsOfAVersionGivesAnOldResultExactly() {
    List<Map<String, String>> now = Rows.ofLake(table);
    leat("table", "tag", raw, "january", "--snapshot=" + snapshot(raw, 1));
    String between =
        leat("table", "history", raw, "--output=json").json().at("/versions/1/time").asText();

    for (String version : List.of(snapshot(raw, 1), "january", between)) {
      Ran ran =
          leat(
              "run",
              workflow,
              "--source=" + raw,
              "--asOf=" + version,
              "--sink=" + table + "_again");
      assertThat(ran.err(), ran.code(), is(0));
      leat("table", "rollback", table, "--to=" + snapshot(table, 1));
      assertThat(Rows.ofLake(table + "_again"), is(Rows.ofLake(table)));
      leat("table", "rollback", table, "--to=" + snapshot(table, 0));
      assertThat(Rows.ofLake(table), is(now));
    }

    Ran files = leat("run", workflow, "--source=x.jsonl", "--asOf=1", "--sink=" + table);
    Ran both =
        leat("run", workflow, "--source=" + raw + "?snapshot=1", "--asOf=1", "--sink=" + table);
    Ran early = leat("run", workflow, "--source=" + raw, "--asOf=2001-01-01", "--sink=" + table);
    assertThat(files.code(), is(2));
    assertThat(
        files.err(), startsWith("leat: --asOf: expected a lake: source, which keeps its versions"));
    assertThat(both.code(), is(2));
    assertThat(early.code(), is(2));
    assertThat(early.err(), containsString("no version of 2001-01-01T00:00:00Z or before"));
  }

  @Test
  public void expireSaysWhatIsTooOld() {
    Ran neither = leat("table", "expire", raw);
    Ran ambiguous = leat("table", "expire", raw, "--olderThan=30d");
    Ran young = leat("table", "expire", raw, "--versionsOlderThan=5m");
    Ran nothing = leat("table", "expire", raw, "--versionsOlderThan=1h", "--output=json");
    Ran dry = leat("table", "expire", raw, "--eventsOlderThan=1d", "--dryRun");
    int stillThere = Rows.ofLake(raw).size();
    Ran expired =
        leat(
            "table",
            "expire",
            raw,
            "--eventsOlderThan=1d",
            "--versionsOlderThan=1h",
            "--output=json");

    for (Ran refused : List.of(neither, ambiguous)) {
      assertThat(refused.code(), is(2));
      assertThat(
          refused.err().strip(),
          is(
              "leat: expected --versionsOlderThan=DURATION, --eventsOlderThan=DURATION or both:"
                  + " what was committed long ago and what happened long ago are not the same"));
    }
    assertThat(young.code(), is(2));
    assertThat(young.err().strip(), is("leat: --versionsOlderThan: expected 1h or more, got 5m"));
    assertThat(nothing.code(), is(20));
    assertThat(
        nothing.json().path("versions").toString(),
        is("{\"expired\":0,\"kept\":2,\"kept_for_bookmarks\":0,\"files\":0,\"bytes\":0}"));
    assertThat(dry.code(), is(0));
    assertThat(dry.out(), startsWith("Would remove 2 partitions before "));
    assertThat(stillThere, is(3));
    assertThat(expired.code(), is(0));
    assertThat(expired.json().at("/events/rows").asInt(), is(3));
    assertThat(Rows.ofLake(raw).size(), is(0));
    // What is derived from it stays.
    assertThat(Rows.ofLake(table).size(), is(2));
    // And no file is taken again.
    assertThat(
        leat("ingest", workflow, "--source=" + root + "/a.jsonl", "--sink=" + raw).code(), is(20));
  }

  @Test
  public void compactMakesFewFilesOfMany() throws IOException {
    ingest("c", "{'id':'4','time':'2026-01-01T00:30:00Z','tenant':'a','x':2}");
    List<Map<String, String>> before = Rows.ofLake(raw);

    Ran dry = leat("table", "compact", raw, "--dryRun");
    Ran done = leat("table", "compact", raw, "--output=json");
    Ran again = leat("table", "compact", raw);

    assertThat(dry.code(), is(0));
    assertThat(
        dry.out().strip(),
        matchesPattern(
            "Would compact 3 files of [\\d,]+ bytes in 1 partition; 3 rows, unchanged\\."));
    assertThat(done.code(), is(0));
    assertThat(done.json().path("files").asInt(), is(3));
    assertThat(done.json().path("files_written").asInt(), is(1));
    assertThat(done.json().path("rows").asInt(), is(3));
    assertThat(again.code(), is(20));
    assertThat(
        again.out().strip(), is(raw + " has no small files that could be made into larger ones."));
    assertThat(Rows.ofLake(raw), is(before));
    assertThat(leat("table", "compact", raw + "_absent").code(), is(4));
  }

  private void ingest(String name, String... lines) throws IOException {
    Path file =
        Files.writeString(
            root.resolve(name + ".jsonl"), String.join("\n", lines).replace('\'', '"') + "\n");
    assertThat(leat("ingest", workflow, "--source=" + file, "--sink=" + raw).code(), is(0));
  }

  private void run() {
    assertThat(leat("run", workflow, "--source=" + raw, "--sink=" + table).code(), is(0));
  }

  /** The id of a version, counted from the newest. */
  private static String snapshot(String table, int fromNewest) {
    return leat("table", "history", table, "--output=json")
        .json()
        .path("versions")
        .path(fromNewest)
        .path("snapshot")
        .asText();
  }
}
