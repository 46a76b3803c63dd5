package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.arrayContaining;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Words that make no command: one clear sentence for each problem, exit code 2, nothing written.
 */
public class CommandLineTest {
  private static final String HOURLY =
      """
      name: hourly
      events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
      window: {fixed: 1h}
      aggregate: {by: [tenant], measures: {n: count}}
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path workflow;
  private Path events;
  private Map<String, String> before;

  @Before
  public void writeFiles() throws IOException {
    workflow = folder.getRoot().toPath().resolve("hourly.yaml");
    Files.writeString(workflow, HOURLY);
    events = folder.getRoot().toPath().resolve("events.jsonl");
    Files.writeString(
        events, "{\"id\":\"1\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\"}\n");
    before = FolderState.of(folder.getRoot().toPath());
  }

  @Test
  public void helpOfEachCommandNamesItsOptionsAndShowsAnExample() {
    assertThat(
        leat("--help").out(),
        allOf(
            containsString("quickstart"),
            containsString("ingest"),
            containsString("run"),
            containsString("check"),
            containsString("table"),
            containsString("Exit codes: 0 done, 2 bad usage, 3 a check refused to publish, 4 "),
            containsString("leat quickstart")));
    assertThat(
        leat("run", "--help").out(),
        allOf(
            containsString("--source=URI"),
            containsString("--sink=URI"),
            containsString("--eventTimeStart=TIME"),
            containsString("--eventTimeEnd=TIME"),
            containsString("--deadLetters=URI"),
            containsString("--runner=NAME"),
            containsString("--output=text|json"),
            containsString("leat run flights.yaml --source=lake:///")));
    assertThat(
        leat("ingest", "--help").out(),
        allOf(
            containsString("--source=URI"),
            containsString("--sink=URI"),
            containsString("leat ingest flights.yaml --source=")));
    assertThat(
        leat("check", "--help").out(),
        allOf(containsString("--output=text|json"), containsString("leat check flights.yaml")));
    assertThat(leat("table", "--help").out(), containsString("history"));
    assertThat(
        leat("table", "history", "-h").out(),
        containsString("leat table history lake:///warehouse/raw.flights"));
    assertThat(
        leat("quickstart", "--help").out(),
        allOf(
            containsString("--directory=DIR"),
            containsString("--seed=NUMBER"),
            containsString("leat quickstart --runner=FlinkRunner")));
  }

  @Test
  public void helpEndsWellAndSaysNothingElse() {
    for (String command : new String[] {"quickstart", "ingest", "run", "check", "table"}) {
      Ran ran = leat(command, "--help");

      assertThat(command, ran.code(), is(0));
      assertThat(command, ran.err(), is(""));
    }
  }

  @Test
  public void tellsItsVersion() {
    Ran ran = leat("--version");

    assertThat(ran.code(), is(0));
    assertThat(ran.err(), is(""));
    assertThat(
        ran.out().strip(),
        matchesPattern("leat \\d\\S* \\(Beam \\d\\S*, Flink \\d\\S*, Java \\d\\S*\\)"));
  }

  @Test
  public void refusesNoCommandAndUnknownOnes() {
    refused("leat: expected a command", "Try 'leat --help'.").by();
    refused(
            "leat: unknown command 'nothing'; known are quickstart, ingest, run, backfill, replay,"
                + " check, table, job",
            "Try 'leat --help'.")
        .by("nothing");
    refused(
            "leat: unknown command 'quikstart'; did you mean quickstart?; known are quickstart,"
                + " ingest, run, backfill, replay, check, table, job",
            "Try 'leat --help'.")
        .by("quikstart");
    refused(
            "leat: expected: table history, diff, rollback, tag, publish, compact, expire or sweep,"
                + " and the table's URI",
            "Try 'leat table --help'.")
        .by("table");
    refused(
            "leat: unknown command 'histori'; did you mean history?; known are history, diff,"
                + " rollback, tag, publish, compact, expire, sweep",
            "Try 'leat table --help'.")
        .by("table", "histori", "lake:x");
  }

  @Test
  public void tellsEveryMissingOptionAndWhatWasMeantByAnother() {
    refused(
            "leat: missing option --source=URI",
            "leat: missing option --sink=URI",
            "Try 'leat run --help'.")
        .by("run", workflow);
    refused(
            "leat: missing option --source=URI",
            "leat: unknown option --sorce; did you mean --source?",
            "Try 'leat run --help'.")
        .by("run", workflow, "--sorce=" + events, "--sink=stdout:");
    refused("leat: missing option --sink=URI", "Try 'leat ingest --help'.")
        .by("ingest", workflow, "--source=" + events);
    refused("leat: missing WORKFLOW", "Try 'leat check --help'.").by("check");
    refused("leat: missing URI", "Try 'leat table history --help'.").by("table", "history");
  }

  @Test
  public void tellsEveryUnknownOption() {
    refused(
            "leat: unknown option --snk; did you mean --sink?",
            "leat: unknown option --colour",
            "Try 'leat run --help'.")
        .by("run", workflow, "--source=" + events, "--sink=stdout:", "--snk=x", "--colour=red");
    refused("leat: unknown option --outptu; did you mean --output?", "Try 'leat check --help'.")
        .by("check", workflow, "--outptu=json");
    refused("leat: unknown option --sed; did you mean --seed?", "Try 'leat quickstart --help'.")
        .by("quickstart", "--directory=" + folder.getRoot() + "/q", "--sed=1");
    refused("leat: unknown option --sink", "Try 'leat table history --help'.")
        .by("table", "history", "lake:x", "--sink=y");
  }

  @Test
  public void refusesWordsThatAreTooMany() {
    refused("leat: 'b.yaml': expected an option, --name=value")
        .by("run", workflow, "b.yaml", "--source=" + events, "--sink=stdout:");
    refused("leat: 'b.yaml': expected nothing more", "Try 'leat check --help'.")
        .by("check", workflow, "b.yaml");
  }

  @Test
  public void refusesBadValuesOfOptionsOfLeatBeamAndTheRunner() {
    refused("leat: --runner: expected one of DirectRunner, FlinkRunner, got 'SparkRunner'")
        .by("run", workflow, "--source=" + events, "--sink=stdout:", "--runner=SparkRunner");
    refused(
            "leat: --targetParallelism: expected a value of type int, got 'many'",
            "leat: --blockOnRun: expected a value of type boolean, got 'maybe'")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--targetParallelism=many",
            "--blockOnRun=maybe");
    refused("leat: --targetParallelism: expected it once, got it 2 times")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--targetParallelism=1",
            "--targetParallelism=2");
    refused("leat: targetParallelism: expected 1 or more, got 0")
        .by("ingest", workflow, "--source=" + events, "--sink=" + lake(), "--targetParallelism=0");
    refused("leat: parallelism: expected 1 or more, got 0")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--runner=FlinkRunner",
            "--parallelism=0");
    assertThat(leat("check", workflow, "--output=xml").code(), is(2));
    assertThat(
        leat("check", workflow, "--output=xml").err(),
        containsString("--output': expected one of [TEXT, JSON] (case-insensitive) but was 'xml'"));
  }

  @Test
  public void refusesTimesThatAreNone() {
    refused(
            "leat: --eventTimeStart: expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z,"
                + " got '12.9.2015'")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--eventTimeStart=12.9.2015");
    refused(
            "leat: --eventTimeEnd: expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z, got"
                + " '2015-09-31'")
        .by("run", workflow, "--source=" + events, "--sink=" + lake(), "--eventTimeEnd=2015-09-31");
    refused(
            "leat: --eventTimeEnd: expected a time such as 2015-09-12 or 2015-09-12T13:00:00Z, got"
                + " '2015-09-12T13:00:00'")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--eventTimeEnd=2015-09-12T13:00:00");
    refused(
            "leat: eventTimeStart must be before eventTimeEnd, got 2026-01-02T00:00:00Z and"
                + " 2026-01-01T00:00:00Z")
        .by(
            "run",
            workflow,
            "--source=" + events,
            "--sink=" + lake(),
            "--eventTimeStart=2026-01-02",
            "--eventTimeEnd=2026-01-01T00:00:00Z");
  }

  @Test
  public void refusesJsonWhereRowsGoToStandardOutput() {
    refused(
            "leat: --output=json: expected another sink than stdout:, which keeps standard output"
                + " for rows")
        .by("run", workflow, "--source=" + events, "--sink=stdout:", "--output=json");
  }

  private String lake() {
    return "lake:" + "//" + folder.getRoot() + "/lake/hourly";
  }

  private Refusal refused(String... sentences) {
    return arguments -> {
      Ran ran = leat(arguments);

      assertThat(ran.err().lines().toArray(String[]::new), arrayContaining(sentences));
      assertThat(ran.out(), is(""));
      assertThat(ran.code(), is(2));
      assertThat(FolderState.of(folder.getRoot().toPath()), equalTo(before));
    };
  }

  private interface Refusal {
    void by(Object... arguments);
  }
}
