package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static dev.leat.pipelines.cli.LeatCommand.leatToStandardOutput;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
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

/** What commands say of what they did, to people and to orchestrators, and how they end. */
public class OutputTest {
  private static final String RUN_ID = "\\d{8}T\\d{6}-[0-9a-f]{8}";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Path workflow;
  private Path events;

  @Before
  public void writeFiles() throws IOException {
    root = folder.getRoot().toPath();
    workflow =
        write(
            "hourly.yaml",
            """
            name: hourly
            events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
            deduplicate: {horizon: 1d}
            window: {fixed: 1h}
            aggregate: {by: [tenant], measures: {n: count, total: sum(/x)}}
            """);
    events =
        write(
            "events.jsonl",
            """
            {"id":"1","time":"2026-01-01T00:10:00Z","tenant":"a","x":1.5}
            {"id":"2","time":"2026-01-01T00:20:00Z","tenant":"b","x":2}
            {"id":"1","time":"2026-01-01T00:10:00Z","tenant":"a","x":1.5}
            no event
            {"id":"3","time":"2026-01-01T01:00:00Z","tenant":"a","x":-1}
            """);
  }

  @Test
  public void runTellsOneJsonObject() {
    Ran ran = leat("run", workflow, "--source=" + events, "--sink=" + lake("t"), "--output=json");

    assertThat(ran.code(), is(0));
    assertThat(ran.err(), is(""));
    List<String> names = new ArrayList<>();
    ran.json().fieldNames().forEachRemaining(names::add);
    assertThat(
        names,
        contains(
            "command",
            "workflow",
            "version",
            "run",
            "runner",
            "result",
            "dead_letters_at",
            "counts"));
    assertThat(ran.json().path("command").asText(), is("run"));
    assertThat(ran.json().path("run").asText(), matchesPattern(RUN_ID));
    assertThat(ran.json().path("runner").asText(), is("DirectRunner"));
    assertThat(
        ran.json().path("result").asText(),
        matchesPattern("lake://.*/lake/default\\.t: 3 rows in 1 file, snapshot \\d+"));
    assertThat(ran.json().path("dead_letters_at").asText(), is(lake("t_dead_letters")));
    assertThat(
        ran.json().path("counts").toString(),
        is("{\"read\":5,\"repeats\":1,\"late\":0,\"dead_letters\":1,\"used\":3,\"rows\":3}"));
  }

  @Test
  public void runTellsAPersonTheSameInLines() {
    Ran ran = leat("run", workflow, "--source=" + events, "--sink=jsonl:" + root + "/out");

    assertThat(
        ran.lines().stream().map(String::strip).toList(),
        contains(
            equalTo("workflow         hourly"),
            matchesPattern("version          [0-9a-f]{12}"),
            matchesPattern("run              " + RUN_ID),
            equalTo("runner           DirectRunner"),
            equalTo("result           3 rows in 1 file in " + root + "/out"),
            equalTo("dead letters at  jsonl:" + root + "/out-dead-letters"),
            equalTo("read             5"),
            equalTo("repeats          1"),
            equalTo("late             0"),
            equalTo("dead letters     1"),
            equalTo("used             3"),
            equalTo("rows             3")));
  }

  @Test
  public void standardOutputHasTheRowsOnly() {
    Ran ran = leatToStandardOutput("run", workflow, "--source=" + events, "--sink=stdout:");

    assertThat(ran.code(), is(0));
    assertThat(
        ran.lines(),
        containsInAnyOrder(
            "{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T01:00:00Z\",\"tenant\":\"a\",\"n\":1,\"total\":1.5}",
            "{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T01:00:00Z\",\"tenant\":\"b\",\"n\":1,\"total\":2}",
            "{\"window_start\":\"2026-01-01T01:00:00Z\",\"window_end\":\"2026-01-01T02:00:00Z\",\"tenant\":\"a\",\"n\":1,\"total\":-1}"));
    assertThat(ran.err(), containsString("rows             3"));
    assertThat(ran.err(), containsString("nowhere: give --deadLetters=URI to keep them"));
  }

  @Test
  public void ingestTellsOneJsonObjectAlsoWhenThereIsNothingNew() {
    Ran first =
        leat("ingest", workflow, "--source=" + events, "--sink=" + lake("raw"), "--output=json");
    Ran second =
        leat("ingest", workflow, "--source=" + events, "--sink=" + lake("raw"), "--output=json");

    assertThat(first.code(), is(0));
    assertThat(
        first.json().path("counts").toString(),
        is("{\"files\":1,\"read\":5,\"stored\":4,\"dead_letters\":1,\"data_files\":3}"));
    assertThat(second.code(), is(20));
    assertThat(second.json().path("workflow").asText(), is("hourly"));
    assertThat(second.json().path("version"), is(first.json().path("version")));
    assertThat(second.json().path("run").asText(), matchesPattern(RUN_ID));
    assertThat(second.json().path("run"), is(not(first.json().path("run"))));
    assertThat(second.json().path("runner").asText(), is("DirectRunner"));
    assertThat(second.json().path("result").asText(), is("nothing new at " + events));
  }

  @Test
  public void checkTellsStepsAndColumns() {
    Ran text = leat("check", workflow);
    Ran json = leat("check", workflow, "--output=json");

    assertThat(text.code(), is(0));
    assertThat(
        text.out(), containsString("steps     parse → drop repeats → fixed windows → aggregate"));
    assertThat(
        json.json().path("columns").asText(),
        is(
            "window_start timestamp, window_end timestamp, tenant string, n int64, total"
                + " decimal"));
  }

  @Test
  public void historyTellsVersionsNewestFirst() throws IOException {
    leat("ingest", workflow, "--source=" + events, "--sink=" + lake("raw"));
    Path more =
        write("more.jsonl", "{\"id\":\"4\",\"time\":\"2026-01-01T00:10:00Z\",\"tenant\":\"c\"}");
    leat("ingest", workflow, "--source=" + more, "--sink=" + lake("raw"));

    Ran json = leat("table", "history", lake("raw"), "--output=json");
    Ran text = leat("table", "history", lake("raw"));

    JsonNode versions = json.json().path("versions");
    assertThat(versions.size(), is(2));
    assertThat(versions.at("/0/rows_added").asInt(), is(1));
    assertThat(versions.at("/0/rows").asInt(), is(5));
    assertThat(versions.at("/0/current").asBoolean(), is(true));
    assertThat(versions.at("/0/workflow").asText(), is("hourly"));
    assertThat(versions.at("/0/run").asText(), matchesPattern(RUN_ID));
    assertThat(versions.at("/1/rows_added").asInt(), is(4));
    assertThat(versions.at("/1/rows").asInt(), is(4));
    assertThat(versions.at("/1/current").asBoolean(), is(false));
    assertThat(text.lines().size(), is(3));
    assertThat(
        text.lines().get(0).strip().split(" +"),
        is(
            new String[] {
              "snapshot",
              "time",
              "operation",
              "added",
              "removed",
              "rows",
              "files",
              "names",
              "workflow",
              "version",
              "read",
              "run"
            }));
    assertThat(
        text.lines().get(1),
        matchesPattern(
            " +\\* +"
                + versions.at("/0/snapshot").asText()
                + " +\\S+Z +append +1 +0 +5 +4 +hourly +[0-9a-f]{12} +files:\\S+more.jsonl +"
                + RUN_ID));
  }

  @Test
  public void aJobThatFailsOnTheWayEndsWithFiveAndWritesNoRows() throws IOException {
    write("places.csv", "id,name\n1,Mill\n");
    Path enriched =
        write(
            "enriched.yaml",
            Files.readString(workflow)
                + "enrich: [{lookup: places.csv, key: /id, as: place, missing: fail}]\n");

    Ran ran = leat("run", enriched, "--source=" + events, "--sink=jsonl:" + root + "/out");

    assertThat(ran.code(), is(5));
    assertThat(ran.out(), is(""));
    assertThat(ran.err().lines().findFirst().orElse(""), containsString("leat: The job failed: "));
    assertThat(ran.err(), containsString("LEAT_DEBUG=1 shows where it failed."));
    assertThat(Files.exists(root.resolve("out")), is(false));
  }

  private String lake(String table) {
    return "lake://" + root + "/lake/" + table;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(root.resolve(name), content);
  }
}
