package dev.leat.pipelines.run;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.pipelines.cli.FolderState;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A run from files and from the lake, to tables and folders. */
public class RunTest {
  private static final String HOURLY =
      """
      deduplicate: {horizon: 1d}
      window: {fixed: 1h}
      aggregate: {by: [tenant], measures: {n: count, total: sum(/x), users: distinct(/user)}}
      """;

  /** A record of each fate. */
  private static final String EVERY_FATE =
      """
      {"id":"used","time":"2026-01-02T00:00:00Z","tenant":"a","x":1,"user":"u"}
      {"id":"used","time":"2026-01-02T00:00:00Z","tenant":"a","x":1,"user":"u"}
      {"id":"early","time":"2026-01-01T23:59:59.999Z","tenant":"a","x":1,"user":"u"}
      {"id":"last","time":"2026-01-02T23:59:59.999Z","tenant":"a","x":4,"user":"v"}
      {"id":"after","time":"2026-01-03T00:00:00Z","tenant":"a","x":1,"user":"u"}
      {"id":"robot","time":"2026-01-02T01:00:00Z","tenant":"a","x":1,"user":"robot"}
      {"id":"unknown","time":"2026-01-02T01:00:00Z","tenant":"nowhere","x":1,"user":"u"}
      {"id":"word","time":"2026-01-02T01:00:00Z","tenant":"a","x":"many","user":"u"}
      {"id":"noUser","time":"2026-01-02T01:00:00Z","tenant":"a","x":1}
      {"id":"timeless","tenant":"a","x":1,"user":"u"}
      {"id":"cut","time":"2026-01-0
      """;

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;

  @Before
  public void findFolder() {
    root = folder.getRoot().toPath();
  }

  @Test
  public void givesTheSameRowsFromFilesAndFromTheLake() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Sample.deliver(Sample.lines(800, 3), root.resolve("drop"), 4, 3);

    Ran fromFiles = run(workflow, root + "/drop/*", "lake://" + root + "/lake/from_files");
    ok(leat("ingest", workflow, "--source=" + root + "/drop/*", "--sink=" + lake("raw")));
    Ran fromLake = run(workflow, lake("raw"), lake("from_lake"));

    List<Map<String, String>> rows = Rows.ofLake(lake("from_files"));
    assertThat(rows, hasSize(18));
    assertThat(Rows.ofLake(lake("from_lake")), equalTo(rows));
    assertThat(fromLake.json().path("counts"), equalTo(fromFiles.json().path("counts")));
    assertThat(fromLake.count("repeats"), is(80L));
  }

  @Test
  public void leavesTheSameTableWhenItIsRunAgain() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Sample.deliver(Sample.lines(300, 3), root.resolve("drop"), 2, 3);

    run(workflow, root + "/drop/*", lake("hourly"));
    List<Map<String, String>> once = Rows.ofLake(lake("hourly"));
    run(workflow, root + "/drop/*", lake("hourly"));

    assertThat(Rows.ofLake(lake("hourly")), equalTo(once));
    assertThat(
        leat("table", "history", lake("hourly"), "--output=json").json().path("versions").size(),
        is(2));
  }

  @Test
  public void leavesTheSameFolderWhenItIsRunAgainAndNoTraceOfAnEarlierResult() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Sample.deliver(Sample.lines(300, 3), root.resolve("drop"), 2, 3);
    Sample.deliver(Sample.lines(50, 4), root.resolve("other"), 1, 4);

    run(workflow, root + "/drop/*", "jsonl:" + root + "/out");
    List<Map<String, String>> once = Rows.ofFolder(root.resolve("out"));
    run(workflow, root + "/other/*", "jsonl:" + root + "/out");
    List<Map<String, String>> other = Rows.ofFolder(root.resolve("out"));
    run(workflow, root + "/drop/*", "jsonl:" + root + "/out");

    assertThat(Rows.ofFolder(root.resolve("out")), equalTo(once));
    assertThat(other.equals(once), is(false));
    assertThat(
        FolderState.of(root.resolve("out")).keySet(),
        contains("", "_leat.json", "part-00000.jsonl"));
  }

  @Test
  public void aRangeReplacesItsDaysAndNoOthers() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Path before = Files.writeString(root.resolve("before.jsonl"), threeDays("b", 1));
    Path after = Files.writeString(root.resolve("after.jsonl"), threeDays("a", 100));

    run(workflow, before.toString(), lake("hourly"));
    Ran ran =
        run(
            workflow,
            after.toString(),
            lake("hourly"),
            "--eventTimeStart=2026-01-02",
            "--eventTimeEnd=2026-01-03T00:00:00Z");

    assertThat(
        Rows.columns(Rows.ofLake(lake("hourly")), "window_start", "total"),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"window_start\":\"2026-01-01T12:00:00Z\",\"total\":1}",
                    "{\"window_start\":\"2026-01-02T12:00:00Z\",\"total\":101}",
                    "{\"window_start\":\"2026-01-03T12:00:00Z\",\"total\":3}"))));
    assertThat(ran.count("read"), is(3L));
    assertThat(ran.count("out_of_range"), is(2L));
    assertThat(ran.count("used"), is(1L));
  }

  @Test
  public void everyRecordIsCountedOnceWhateverItsFate() throws IOException {
    Files.writeString(root.resolve("places.csv"), "tenant,name\na,Mill\n");
    Path workflow =
        workflow(
            "fates",
            "filter: 'data.user != \"robot\"'\n"
                + "enrich: [{lookup: places.csv, key: tenant, as: place, missing: dead-letter}]\n"
                + HOURLY);
    Path events = Files.writeString(root.resolve("events.jsonl"), EVERY_FATE);

    Ran ran =
        run(
            workflow,
            events.toString(),
            "jsonl:" + root + "/out",
            "--eventTimeStart=2026-01-02",
            "--eventTimeEnd=2026-01-03");

    assertThat(
        ran.json().path("counts").toString(),
        is(
            "{\"read\":11,\"out_of_range\":2,\"filtered\":1,\"repeats\":1,\"late\":0,"
                + "\"dead_letters\":5,\"used\":2,\"rows\":2}"));
    assertThat(
        Rows.ofFolder(root.resolve("out")),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"window_start\":\"2026-01-02T00:00:00Z\",\"window_end\":\"2026-01-02T01:00:00Z\",\"tenant\":\"a\",\"n\":1,\"total\":1,\"users\":1}",
                    "{\"window_start\":\"2026-01-02T23:00:00Z\",\"window_end\":\"2026-01-03T00:00:00Z\",\"tenant\":\"a\",\"n\":1,\"total\":4,\"users\":1}"))));
    assertThat(
        ran.json().path("dead_letters_at").asText(), is("jsonl:" + root + "/out-dead-letters"));
    assertThat(
        Rows.columns(
            Rows.ofFolder(root.resolve("out-dead-letters")),
            "step",
            "reason",
            "origin",
            "ingest_offset"),
        equalTo(
            Rows.ofLines(
                List.of(
                    letter("enrich", "lookup-miss", events, 7),
                    letter("aggregate", "invalid-value", events, 8),
                    letter("filter", "expression", events, 9),
                    letter("parse", "missing-field", events, 10),
                    letter("parse", "malformed", events, 11)))));
  }

  @Test
  public void deadLettersGoBesideTheSinkOrWhereTheyAreSent() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Path events = Files.writeString(root.resolve("events.jsonl"), EVERY_FATE);

    run(workflow, events.toString(), lake("ns.hourly"));
    run(workflow, events.toString(), "csv:" + root + "/csv/");
    run(workflow, events.toString(), "parquet:" + root + "/parquet");
    run(
        workflow,
        events.toString(),
        "parquet:" + root + "/parquet2",
        "--deadLetters=jsonl:" + root + "/letters");

    List<Map<String, String>> letters = Rows.ofFolder(root.resolve("csv-dead-letters"));
    assertThat(letters, hasSize(3));
    assertThat(Rows.ofFolder(root.resolve("parquet-dead-letters")), equalTo(letters));
    assertThat(Rows.ofFolder(root.resolve("letters")), equalTo(letters));
    assertThat(Files.exists(root.resolve("parquet2-dead-letters")), is(false));
    String[] columns = {"reason", "step", "origin", "ingest_offset"};
    assertThat(
        Rows.columns(Rows.ofLake(lake("ns.hourly_dead_letters")), columns),
        equalTo(Rows.columns(letters, columns)));
  }

  @Test
  public void aRunWithoutDeadLettersLeavesNoneOfAnEarlierRun() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Path events = Files.writeString(root.resolve("events.jsonl"), EVERY_FATE);
    Files.write(root.resolve("good.jsonl"), Sample.lines(10, 1));

    run(workflow, events.toString(), "jsonl:" + root + "/out");
    run(workflow, root + "/good.jsonl", "jsonl:" + root + "/out");

    assertThat(Rows.ofFolder(root.resolve("out-dead-letters")), hasSize(0));
  }

  @Test
  public void withoutAnAggregateTheRowsAreTheEvents() throws IOException {
    Path workflow = workflow("events", "let: {big: 'data.x > 1.0', doubled: 'data.x * 2.0'}\n");
    Path events =
        Files.write(
            root.resolve("events.jsonl"),
            List.of(
                "{\"id\":\"1\",\"time\":\"2026-01-01T00:00:00.5Z\",\"tenant\":\"ä/ö\",\"x\":1.5}",
                "{\"id\":\"2\",\"time\":\"2026-01-01T00:00:00+02:00\",\"tenant\":\"b\",\"x\":0.25,\"text\":\"\\u0000\\n\"}"));

    Ran ran = run(workflow, events.toString(), "jsonl:" + root + "/out");

    assertThat(ran.count("rows"), is(2L));
    assertThat(ran.count("used"), is(2L));
    assertThat(
        Rows.ofFolder(root.resolve("out")),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"id\":\"1\",\"source\":\"events\",\"type\":\"t\",\"subject\":null,\"time\":\"2026-01-01T00:00:00.5Z\",\"tenant\":\"ä/ö\",\"sequence\":null,\"content_type\":\"application/json\",\"data\":\"{\\\"id\\\":\\\"1\\\",\\\"time\\\":\\\"2026-01-01T00:00:00.5Z\\\",\\\"tenant\\\":\\\"ä/ö\\\",\\\"x\\\":1.5}\",\"big\":\"true\",\"doubled\":\"3\"}",
                    "{\"id\":\"2\",\"source\":\"events\",\"type\":\"t\",\"subject\":null,\"time\":\"2025-12-31T22:00:00Z\",\"tenant\":\"b\",\"sequence\":null,\"content_type\":\"application/json\",\"data\":\"{\\\"id\\\":\\\"2\\\",\\\"time\\\":\\\"2026-01-01T00:00:00+02:00\\\",\\\"tenant\\\":\\\"b\\\",\\\"x\\\":0.25,\\\"text\\\":\\\"\\\\u0000\\\\n\\\"}\",\"big\":\"false\",\"doubled\":\"0.5\"}"))));
  }

  @Test
  public void readsAndWritesUnderNamesWithSpacesAndSigns() throws IOException {
    Path workflow = workflow("hourly", HOURLY);
    Path odd = Files.createDirectories(root.resolve("a b?c%41#d&e=f"));
    Files.write(odd.resolve("x y%z.jsonl"), Sample.lines(100, 5));
    Files.write(root.resolve("plain.jsonl"), Sample.lines(100, 5));
    String place = odd.toString().replace("%", "%25").replace("?", "%3F");

    run(workflow, root + "/plain.jsonl", "jsonl:" + root + "/plain");
    run(workflow, "files:" + place + "/x y%25z.jsonl", "jsonl:" + root + "/o u%25t");
    Path lake = root.resolve("la ke%41&=");
    String table = "lake://" + lake.toString().replace("%", "%25") + "/hourly";
    run(workflow, "files:" + place + "/*.jsonl", table);

    List<Map<String, String>> rows = Rows.ofFolder(root.resolve("plain"));
    assertThat(Rows.ofFolder(root.resolve("o u%t")), equalTo(rows));
    assertThat(Rows.ofLake(table).size(), is(rows.size()));
    assertThat(Files.isRegularFile(lake.resolve("catalog.db")), is(true));
  }

  private static String threeDays(String id, int x) {
    StringBuilder lines = new StringBuilder();
    for (int day = 1; day <= 3; day++) {
      lines.append(
          "{\"id\":\"%s%d\",\"time\":\"2026-01-0%dT12:00:00Z\",\"tenant\":\"a\",\"x\":%d}\n"
              .formatted(id, day, day, x + day - 1));
    }
    return lines.toString();
  }

  private static String letter(String step, String reason, Path origin, int line) {
    return "{\"step\":\"%s\",\"reason\":\"%s\",\"origin\":\"%s\",\"ingest_offset\":%d}"
        .formatted(step, reason, origin, line);
  }

  private Path workflow(String name, String sections) throws IOException {
    return Files.writeString(
        root.resolve(name + ".yaml"), "name: " + name + "\n" + Sample.EVENTS + sections);
  }

  private static Ran run(Path workflow, String source, String sink, String... options) {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("run", workflow, "--source=" + source, "--sink=" + sink));
    words.addAll(List.of(options));
    words.add("--output=json");
    return ok(leat(words.toArray()));
  }

  private static Ran ok(Ran ran) {
    assertThat(ran.err(), ran.code(), is(0));
    return ran;
  }

  private String lake(String table) {
    return "lake://" + root + "/lake/" + table;
  }
}
