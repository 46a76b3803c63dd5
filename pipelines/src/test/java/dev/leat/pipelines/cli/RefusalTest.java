package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.leat.pipelines.cli.LeatCommand.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hamcrest.Matcher;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/**
 * Workflows, sources, sinks and tables that are not what they should be: one clear sentence, exit
 * code 2 or 4, nothing written.
 */
public class RefusalTest {
  private static final String HOURLY =
      """
      name: hourly
      events: {format: jsonl, type: t, time: /time, id: /id, tenant: /tenant}
      window: {fixed: 1h}
      aggregate: {by: [tenant], measures: {n: count}}
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Path workflow;
  private Path events;

  @Before
  public void writeFiles() throws IOException {
    root = folder.getRoot().toPath();
    workflow = write("hourly.yaml", HOURLY);
    events =
        write(
            "events.jsonl", "{\"id\":\"1\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\"}\n");
    write("empty.jsonl", "");
    Files.createDirectory(root.resolve("folder"));
  }

  @Test
  public void refusesWorkflowsThatAreMissingOrEmptyOrAFolder() {
    for (String command : new String[] {"run", "ingest"}) {
      refused(4, root + "/none.yaml: there is no such file", command, root + "/none.yaml");
      refused(
          2,
          root + "/empty.jsonl: empty; expected a workflow, which begins with 'name: …'",
          command,
          root + "/empty.jsonl");
      refused(
          2,
          root
              + "/folder: is a folder; expected a workflow file, for example "
              + root
              + "/folder/w.yaml",
          command,
          root + "/folder");
    }
  }

  @Test
  public void tellsAllProblemsOfAWorkflow() throws IOException {
    Path wrong = write("wrong.yaml", "name: n\nagregate: {}\nwindow: {fixed: 1 hour}\n");

    refused(
        2,
        List.of(
            wrong + ":2:1: agregate: unknown key; did you mean 'aggregate'?",
            wrong
                + ":3:17: window.fixed: expected a duration such as 20s, 10m, 1h or 1d, got '1 hour'"),
        "run",
        wrong);
  }

  @Test
  public void refusesALookupThatIsMissing() throws IOException {
    Path enriched =
        write("enriched.yaml", HOURLY + "enrich: [{lookup: places.csv, key: /id, as: place}]\n");
    String sentence = "enrich place: " + root + "/places.csv: there is no such file";

    refused(4, sentence, "run", enriched);
    refused(4, sentence, "check", enriched);
  }

  @Test
  public void refusesSourcesThatAreNotThereOrNotFiles() throws IOException {
    for (String command : new String[] {"run", "ingest"}) {
      refusedSource(4, "/none.jsonl: there is no such file", command, root + "/none.jsonl");
      refusedSource(4, "/none/*.jsonl: no file matches", command, root + "/none/*.jsonl");
      refusedSource(
          2,
          "/folder is a folder; expected files, for example " + root + "/folder/*.jsonl",
          command,
          root + "/folder");
      refusedSource(
          2, "/empty.jsonl is empty; expected a file with records", command, root + "/empty.jsonl");
    }
  }

  @Test
  public void refusesUnknownSchemesAndParameters() {
    refused(
        2,
        "pulsar://h/t: unknown scheme 'pulsar'; known are csv, files, jdbc, jsonl, kafka, lake, parquet, stdout",
        "run",
        workflow,
        "--source=pulsar://h/t");
    refused(
        2,
        "pulsar://h/t: unknown scheme 'pulsar'; known are csv, files, jdbc, jsonl, kafka, lake, parquet, stdout",
        "run",
        workflow,
        "--sink=pulsar://h/t");
    refused(
        2,
        "files:" + events + "?watch=1s: unknown parameter 'watch'; known are maxRecordBytes",
        "run",
        workflow,
        "--source=files:" + events + "?watch=1s");
    refused(
        2, "stdout:x: expected stdout: and nothing after it", "run", workflow, "--sink=stdout:x");
  }

  @Test
  public void refusesSinksOfTheWrongKind() {
    refused(
        2,
        "--sink: expected the raw lake, such as lake:///warehouse/raw.events, got 'jsonl:out'",
        "ingest",
        workflow,
        "--sink=jsonl:out");
    String raw = lakeWithRawTable();
    refused(
        2,
        "--source: expected files or a log, which are taken once each, got '" + raw + "'",
        "ingest",
        workflow,
        "--source=" + raw,
        "--sink=" + lake("t"));
  }

  @Test
  public void refusesSinksThatCannotBeWritten() throws IOException {
    Path theirs = Files.createDirectory(root.resolve("theirs"));
    write("theirs/thesis.txt", "years of work");
    refused(
        2,
        "jsonl:" + events + "/out: " + events + " is a file; expected a folder",
        "run",
        workflow,
        "--sink=jsonl:" + events + "/out");
    refused(
        2,
        "csv:" + theirs + " holds files that Leat did not write; expected a new or an empty folder",
        "run",
        workflow,
        "--sink=csv:" + theirs);
    refused(
        2,
        "csv:" + root + ": expected another folder than that of the source, which has " + events,
        "run",
        workflow,
        "--sink=csv:" + root);
    refused(
        4,
        "the warehouse folder " + events + "/lake cannot be created",
        "run",
        workflow,
        "--sink=lake://" + events + "/lake/t");
    refused(
        4,
        "the warehouse folder " + events + "/lake cannot be created",
        "ingest",
        workflow,
        "--sink=lake://" + events + "/lake/t");
  }

  @Test
  public void refusesTablesThatDoNotExist() {
    refused(
        4,
        lake("default.none") + ": there is no such table in the lake",
        "run",
        workflow,
        "--source=" + lake("none"));
    refused(
        4,
        lake("default.none") + ": there is no such table in the lake",
        "table",
        "history",
        lake("none"));
    refused(
        2, "expected 1 to 100 letters, digits, '_' or '-'", "table", "history", lake("no table"));
  }

  @Test
  public void refusesARawTableThatIsPartitionedOtherwise() throws IOException {
    String table = lakeWithRawTable();
    write("more.jsonl", "{\"id\":\"2\",\"time\":\"2026-01-01T00:00:00Z\",\"tenant\":\"a\"}\n");

    refused(
        2,
        "partition: the table is partitioned by date,hour,tenant, got month",
        "ingest",
        workflow,
        "--source=" + root + "/more.jsonl",
        "--sink=" + table + "?partition=month");
  }

  @Test
  public void refusesATableOfOtherRowsAsSinkAndTellsEveryColumn() {
    String raw = lakeWithRawTable();
    String table = lake("default.raw") + ": ";
    List<String> sentences = new ArrayList<>();
    for (String column :
        List.of("id", "source", "type", "time", "content_type", "data", "date", "hour")) {
      sentences.add(table + "column '" + column + "': the table needs it, the rows lack it");
    }
    sentences.add(table + "partition: the table is partitioned by date,hour,tenant, got date");

    refused(2, sentences, "run", workflow, "--sink=" + raw);
  }

  @Test
  public void refusesARangeThatTheTableCannotReplace() {
    refused(
        2,
        "eventTimeStart, eventTimeEnd: expected whole UTC days",
        "run",
        workflow,
        "--sink=" + lake("t"),
        "--eventTimeStart=2026-01-01T01:00:00Z",
        "--eventTimeEnd=2026-01-02");
  }

  @Test
  public void refusesARangeThatCutsAWindow() throws IOException {
    refused(
        2,
        "--eventTimeStart: expected a time at which a window of 1h begins, such as"
            + " 2026-01-01T00:00:00Z, got 2026-01-01T00:30:00Z",
        "run",
        workflow,
        "--sink=jsonl:" + root + "/out",
        "--eventTimeStart=2026-01-01T00:30:00Z");
    refused(
        2,
        "--eventTimeEnd: expected a time at which a window of 1h begins, such as"
            + " 2026-01-01T01:00:00Z, got 2026-01-01T01:00:00.001Z",
        "run",
        workflow,
        "--sink=jsonl:" + root + "/out",
        "--eventTimeEnd=2026-01-01T01:00:00.001Z");
    Path sessions = write("s.yaml", HOURLY.replace("fixed: 1h", "session: 1h"));
    refused(
        2,
        "--eventTimeStart, --eventTimeEnd: expected fixed windows",
        "run",
        sessions,
        "--sink=jsonl:" + root + "/out",
        "--eventTimeEnd=2026-01-01");
  }

  private String lakeWithRawTable() {
    Ran ran = leat("ingest", workflow, "--source=" + events, "--sink=" + lake("raw"));
    assertThat(ran.err(), ran.code(), is(0));
    return lake("raw");
  }

  private void refusedSource(int code, String sentence, String command, String source) {
    refused(code, sentence, command, workflow, "--source=" + source);
  }

  private void refused(int code, String sentence, String command, Object... arguments) {
    refused(code, List.of(sentence), command, arguments);
  }

  /** A source and a sink are added where none is given. */
  private void refused(int code, List<String> sentences, String command, Object... arguments) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(arguments));
    if (command.equals("run") || command.equals("ingest")) {
      addUnlessGiven(words, "--source=", events.toString());
      addUnlessGiven(words, "--sink=", lake("t"));
    }
    Map<String, String> before = FolderState.of(root);

    Ran ran = leat(words.toArray());

    List<Matcher<? super String>> lines = new ArrayList<>();
    sentences.forEach(
        sentence -> lines.add(both(startsWith("leat: ")).and(containsString(sentence))));
    assertThat(ran.err().lines().toList(), contains(lines));
    assertThat(ran.out(), is(""));
    assertThat(ran.code(), is(code));
    assertThat(FolderState.of(root), equalTo(before));
  }

  private static void addUnlessGiven(List<Object> words, String option, String value) {
    if (words.stream().noneMatch(word -> word.toString().startsWith(option))) {
      words.add(option + value);
    }
  }

  private String lake(String table) {
    return "lake://" + root + "/lake/" + table;
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(root.resolve(name), content);
  }
}
