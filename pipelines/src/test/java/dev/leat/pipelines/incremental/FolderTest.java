package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static dev.leat.pipelines.incremental.Warehouse.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

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

/** All workflows of a folder, in the order of what they read. */
public class FolderTest {
  private static final String HOURLY =
      Warehouse.EVENTS
          + "window: {fixed: 1h}\naggregate: {by: [tenant], measures: {n: count, x: sum(/x)}}\n";
  private static final String DAILY =
      "events: {type: hour, time: /window_start, tenant: /tenant}\nwindow: {fixed: 1d}\n"
          + "aggregate: {by: [tenant], measures: {hours: count, events: sum(/n)}}\n";
  private static final String ALL =
      "events: {type: day, time: /window_start}\naggregate: {measures: {events: sum(/events)}}\n";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse lake;
  private Path workflows;

  @Before
  public void takeEvents() throws IOException {
    lake = new Warehouse(folder.getRoot().toPath());
    workflows = Files.createDirectories(folder.getRoot().toPath().resolve("workflows"));
    lake.take(
        lake.workflow("take", HOURLY.replace(Warehouse.EVENTS, "")),
        event("1", "2026-01-01T10:00"),
        event("2", "2026-01-01T11:00"),
        event("3", "2026-01-02T10:00"));
  }

  @Test
  public void checkTellsTheOrderAndRunsNothing() throws IOException {
    write("all", "days", "total", ALL);
    write("days", "hours", "days", DAILY);
    write("hours", "raw", "hours", HOURLY);

    Ran text = leat("check", workflows);
    JsonNode json = leat("check", workflows, "--output=json").json();

    assertThat(text.err(), text.code(), is(0));
    assertThat(text.out(), containsString("after"));
    List<String> order = new ArrayList<>();
    json.path("workflows")
        .forEach(each -> order.add(each.path("file").asText() + "<" + each.path("after").asText()));
    assertThat(order, is(List.of("hours.yaml<", "days.yaml<hours.yaml", "all.yaml<days.yaml")));
    assertThat(json.at("/workflows/0/sink").asText(), endsWith("/lake/hours"));
    assertThat(Files.exists(folder.getRoot().toPath().resolve("lake/default/hours")), is(false));
  }

  @Test
  public void eachRunsAfterTheOneWhoseTableItReadsAndOnlyIfThatMoved() throws IOException {
    write("all", "days", "total", ALL);
    write("days", "hours", "days", DAILY);
    write("hours", "raw", "hours", HOURLY);
    write("other", "raw2", "hours2", HOURLY);
    Files.writeString(workflows.resolve("README.md"), "No workflow.");
    Files.writeString(workflows.resolve(".draft.yaml"), "Not yet.");
    lake.runFrom("raw", lake.workflow("copy", HOURLY.replace(Warehouse.EVENTS, "")), "unused");
    leat(
        "ingest",
        folder.getRoot().toPath().resolve("take.yaml"),
        "--source=" + folder.getRoot() + "/drop/*",
        "--sink=" + lake.at("raw2"));

    Ran first = run();
    Ran second = run();
    lake.take(folder.getRoot().toPath().resolve("take.yaml"), event("late", "2026-01-01T10:30"));
    Ran third = run();

    assertThat(first.err(), first.code(), is(0));
    assertThat(
        outcomes(first), is("hours.yaml done, days.yaml done, all.yaml done, other.yaml done"));
    JsonNode days = first.json().path("workflows").path(1);
    assertThat(days.path("after").asText(), is("hours.yaml"));
    assertThat(days.path("workflow").asText(), is("days"));
    assertThat(days.path("counts").path("rows").asLong(), is(2L));
    assertThat(first.json().path("command").asText(), is("run"));
    assertThat(
        first.json().path("counts").toString(),
        is("{\"done\":4,\"nothing_new\":0,\"failed\":0,\"skipped\":0}"));
    assertThat(second.code(), is(20));
    assertThat(
        outcomes(second),
        is(
            "hours.yaml nothing_new, days.yaml nothing_new, all.yaml nothing_new,"
                + " other.yaml nothing_new"));
    assertThat(third.code(), is(0));
    assertThat(
        outcomes(third),
        is("hours.yaml done, days.yaml done, all.yaml done, other.yaml nothing_new"));
    assertThat(
        third.json().path("workflows").path(1).path("counts").path("partitions").asLong(), is(1L));
    assertThat(lake.rows("total").get(0).get("events"), is("4"));
    assertThat(lake.versions("total"), hasSize(2));
    assertThat(run().code(), is(20));
  }

  @Test
  public void whatStandsOnAFailedOneIsSkippedAndTheOthersRun() throws IOException {
    write("a-refused", "raw", "refused", HOURLY + "quality: [{rows: {min: 100}}]\n");
    write("b-skipped", "refused", "b", DAILY);
    write("c-skipped", "b", "c", ALL);
    write("d-unreachable", "nowhere", "d", HOURLY);
    write("e-done", "raw", "e", HOURLY);

    Ran ran = run();
    Ran text = leat("run", workflows, "--incremental");

    assertThat(ran.code(), is(3));
    assertThat(
        outcomes(ran),
        is(
            "a-refused.yaml failed, b-skipped.yaml skipped, c-skipped.yaml skipped,"
                + " d-unreachable.yaml failed, e-done.yaml done"));
    JsonNode told = ran.json().path("workflows");
    assertThat(told.path(0).path("exit_code").asInt(), is(3));
    assertThat(told.path(0).path("problems").path(0).asText(), containsString("rows"));
    assertThat(told.path(2).path("failed_upstream").asText(), is("a-refused.yaml"));
    assertThat(told.path(3).path("exit_code").asInt(), is(4));
    assertThat(ran.err(), containsString("leat: a-refused.yaml: "));
    assertThat(ran.err(), containsString("leat: d-unreachable.yaml: "));
    assertThat(lake.rows("e"), hasSize(3));
    assertThat(text.code(), is(3));
    assertThat(text.lines(), hasSize(6));
    assertThat(text.lines().get(1), matchesPattern(" +a-refused.yaml +failed +exit code 3"));
    assertThat(
        text.lines().get(3),
        matchesPattern(" +c-skipped.yaml +skipped +because a-refused.yaml failed"));
    assertThat(
        text.lines().get(5), matchesPattern(" +e-done.yaml +nothing new +nothing new in .*"));
  }

  @Test
  public void everythingThatIsWrongIsToldBeforeAnythingRuns() throws IOException {
    write("fine", "raw", "fine", HOURLY);
    write("a", "b", "a", DAILY);
    write("b", "c", "b", DAILY);
    write("c", "a", "c", DAILY);
    write("on-circle", "c", "d", DAILY);
    write("itself", "itself", "itself", DAILY);
    write("twice", "raw", "fine", HOURLY);
    write("letters", "raw", "fine_dead_letters", HOURLY);
    Files.writeString(workflows.resolve("broken.yml"), "name: broken\nagregate: {}\n");
    Files.writeString(workflows.resolve("nowhere.yaml"), "name: n\nsink: 'stdout:'\n" + HOURLY);

    Ran ran = run();

    assertThat(ran.code(), is(2));
    List<String> said = new ArrayList<>(ran.err().lines().toList());
    String root = workflows + "/";
    assertThat(
        said.remove(0), containsString("leat: " + root + "broken.yml:2:1: agregate: unknown key"));
    assertThat(
        said,
        equalTo(
            List.of(
                "leat: "
                    + root
                    + "nowhere.yaml: 'source' is missing; expected a table of the lake,"
                    + " such as source: lake:///warehouse/raw.events",
                "leat: "
                    + root
                    + "nowhere.yaml: sink: expected a table of the lake, such as sink:"
                    + " lake:///warehouse/table, got 'stdout:'",
                "leat: fine.yaml, letters.yaml: both write "
                    + at("default.fine_dead_letters")
                    + "; expected one workflow for each table",
                "leat: fine.yaml, twice.yaml: both write "
                    + at("default.fine")
                    + "; expected one workflow for each table",
                "leat: fine.yaml, twice.yaml: both write "
                    + at("default.fine_dead_letters")
                    + "; expected one workflow for each table",
                "leat: c.yaml → b.yaml → a.yaml → c.yaml: expected an order, and each of these reads"
                    + " the table that the one before writes",
                "leat: itself.yaml: reads the table that it writes; expected another one")));
    assertThat(folder.getRoot().toPath().resolve("lake/default/fine").toFile().exists(), is(false));
  }

  @Test
  public void optionsOfOneWorkflowAreRefusedForAFolder() throws IOException {
    Ran empty = run();
    write("hours", "raw", "hours", HOURLY);
    Ran options = run("--sink=" + lake.at("x"), "--asOf=main", "--eventTimeStart=2026-01-01");

    assertThat(empty.code(), is(2));
    assertThat(
        empty.err(), containsString(": expected workflows, *.yaml or *.yml, there are none"));
    assertThat(options.code(), is(2));
    for (String option : List.of("--sink", "--asOf", "--eventTimeStart")) {
      assertThat(options.err(), containsString(option));
    }
    assertThat(
        options.err(),
        containsString(
            ": expected none with a folder, whose workflows say source and sink themselves"));
  }

  @Test
  public void aWorkflowThatSaysWhereNeedsNoOptionsAndOptionsOverrideIt() throws IOException {
    Path hours = write("hours", "raw", "hours", HOURLY);

    Ran said = leat("run", hours, "--output=json");
    Ran overridden = leat("run", hours, "--sink=" + lake.at("elsewhere"), "--output=json");
    Ran incremental = leat("run", hours, "--incremental");
    Ran check = leat("check", hours, "--output=json");

    assertThat(said.err(), said.code(), is(0));
    assertThat(overridden.code(), is(0));
    assertThat(incremental.code(), is(20));
    assertThat(lake.rows("hours"), hasSize(3));
    assertThat(lake.rows("elsewhere"), equalTo(lake.rows("hours")));
    assertThat(check.json().path("source").asText(), is(lake.at("raw")));
    assertThat(check.json().path("sink").asText(), is(lake.at("hours")));
  }

  private Path write(String name, String source, String sink, String sections) throws IOException {
    return Files.writeString(
        workflows.resolve(name + ".yaml"),
        "name: %s\nsource: lake:../lake/%s\nsink: lake:../lake/%s\n%s"
            .formatted(name, source, sink, sections));
  }

  private Ran run(String... options) {
    List<Object> words = new ArrayList<>(List.of("run", workflows, "--incremental"));
    words.addAll(List.of(options));
    words.add("--output=json");
    return leat(words.toArray());
  }

  private static String outcomes(Ran ran) {
    List<String> outcomes = new ArrayList<>();
    for (JsonNode each : ran.json().path("workflows")) {
      outcomes.add(each.path("file").asText() + " " + each.path("outcome").asText());
    }
    return String.join(", ", outcomes);
  }

  private String at(String table) {
    return "lake://" + folder.getRoot() + "/lake/" + table;
  }
}
