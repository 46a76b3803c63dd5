package dev.leat.pipelines.cli;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static dev.leat.pipelines.cli.LeatCommand.leatToStandardOutput;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;

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

/** Events and dead letters once more through a workflow, without a log. */
public class ReplayTest {
  private static final String FORMER =
      """
      name: visits
      events: {format: jsonl, type: visit, id: /id, time: /time, tenant: /site}
      deduplicate: {horizon: 1d}
      window: {fixed: 1h}
      aggregate: {by: [/site], measures: {visits: count}}
      """;

  /** Reads visits that have no site. */
  private static final String REPAIRED = FORMER.replace(", tenant: /site", "");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path root;
  private Path former;
  private Path repaired;
  private Path visits;
  private String raw;
  private String letters;

  @Before
  public void ingestWithPoison() throws IOException {
    root = folder.getRoot().toPath();
    raw = "lake://" + root + "/lake/raw.visits";
    letters = raw + "_dead_letters";
    former = Files.writeString(root.resolve("former.yaml"), FORMER);
    repaired = Files.writeString(root.resolve("repaired.yaml"), REPAIRED);
    visits =
        Files.writeString(
            root.resolve("visits.jsonl"),
            """
            {"id":"1","time":"2026-01-01T00:10:00Z","site":"a"}
            {"id":"2","time":"2026-01-01T00:20:00Z"}
            {broken
            {"id":"3","time":"2026-01-01T01:00:00Z","site":"b"}
            {"id":"2", "time":"2026-01-01T00:20:00Z"}
            """);
    assertThat(leat("ingest", former, "--source=" + visits, "--sink=" + raw).code(), is(0));
  }

  @Test
  public void deadLettersThatNowParseGoIntoTheRawTableOnce() {
    Ran dry = replay("--sink=" + raw, "--dryRun");
    int untouched = Rows.ofLake(raw).size();
    Ran first = replay("--sink=" + raw);
    List<Map<String, String>> afterFirst = Rows.ofLake(raw);
    Ran second = replay("--sink=" + raw);
    Ran third = replay("--sink=" + raw);
    Ran fourth = replay("--sink=" + raw);

    assertThat(dry.code(), is(0));
    assertThat(
        dry.json().path("counts").toString(), is("{\"read\":3,\"filtered\":0,\"would_replay\":3}"));
    assertThat(untouched, is(2));
    assertThat(first.code(), is(0));
    assertThat(
        first.json().path("counts").toString(),
        is(
            "{\"read\":3,\"filtered\":0,\"replayed\":3,\"stored\":2,\"dead_letters\":1,\"known_already\":0}"));
    assertThat(
        Rows.columns(afterFirst, "id", "tenant", "origin", "ingest_offset"),
        contains(
            Map.of("id", "1", "tenant", "a", "origin", visits.toString(), "ingest_offset", "1"),
            Map.of(
                "id",
                "2",
                "tenant",
                "default",
                "origin",
                visits + "#attempt=1",
                "ingest_offset",
                "2"),
            Map.of(
                "id",
                "2",
                "tenant",
                "default",
                "origin",
                visits + "#attempt=1",
                "ingest_offset",
                "5"),
            Map.of("id", "3", "tenant", "b", "origin", visits.toString(), "ingest_offset", "4")));
    // What was replayed is known; the one that came back goes once more, and once more, and is
    // given up.
    assertThat(second.count("known_already"), is(2L));
    assertThat(second.count("stored"), is(0L));
    assertThat(second.count("dead_letters"), is(1L));
    assertThat(second.count("repeats"), is(1L));
    assertThat(third.count("dead_letters"), is(1L));
    assertThat(fourth.code(), is(20));
    assertThat(fourth.count("given_up"), is(1L));
    assertThat(Rows.ofLake(raw), is(afterFirst));
    assertThat(
        Rows.columns(Rows.ofLake(letters), "data", "attempt").stream()
            .filter(row -> row.get("data").equals("{broken"))
            .map(row -> row.get("attempt"))
            .toList(),
        contains("0", "1", "2", "3"));
    run(repaired, "table");
    assertThat(
        Rows.columns(Rows.ofLake(table("table")), "window_start", "site", "visits"),
        contains(
            row("2026-01-01T00:00:00.000000Z", "a", "1"),
            row("2026-01-01T00:00:00.000000Z", "null", "1"),
            row("2026-01-01T01:00:00.000000Z", "b", "1")));
  }

  @Test
  public void onlyTheReasonsAskedForAreReplayed() {
    Ran missing = replay("--sink=" + raw, "--reason=missing-field");
    Ran none = replay("--sink=" + raw, "--reason=lookup-miss,expression");
    Ran later = replay("--sink=" + raw, "--ingestTimeStart=2100-01-01");
    Ran unknown = replay("--sink=" + raw, "--reason=missing");

    assertThat(missing.count("replayed"), is(2L));
    assertThat(missing.count("filtered"), is(1L));
    assertThat(missing.count("stored"), is(2L));
    assertThat(none.code(), is(20));
    assertThat(none.count("replayed"), is(0L));
    assertThat(none.count("filtered"), is(3L));
    assertThat(later.code(), is(20));
    assertThat(unknown.code(), is(2));
    assertThat(
        unknown.err().strip(),
        is(
            "leat: --reason: expected some of unreadable, malformed, missing-field, invalid-value,"
                + " expression, lookup-miss, got 'missing'"));
  }

  @Test
  public void theFormerMappingRefusesThemAgain() {
    Ran again = leat("replay", former, "--source=" + letters, "--sink=" + raw, "--output=json");

    assertThat(again.count("stored"), is(0L));
    assertThat(again.count("dead_letters"), is(3L));
    assertThat(Rows.ofLake(letters), hasSize(6));
  }

  @Test
  public void aRepairedMappingReadsOldEventsIntoANewTable() {
    String again = raw + "_again";

    Ran first = leat("replay", repaired, "--source=" + raw, "--sink=" + again, "--output=json");
    Ran second = leat("replay", repaired, "--source=" + raw, "--sink=" + again, "--output=json");

    assertThat(first.code(), is(0));
    assertThat(first.count("stored"), is(2L));
    assertThat(second.code(), is(20));
    assertThat(second.count("known_already"), is(2L));
    String[] identity = {
      "id", "source", "type", "time", "data", "origin", "ingest_partition", "ingest_offset"
    };
    assertThat(
        Rows.columns(Rows.ofLake(again), identity),
        equalTo(Rows.columns(Rows.ofLake(raw), identity)));
    assertThat(
        Rows.columns(Rows.ofLake(again), "tenant"),
        contains(Map.of("tenant", "default"), Map.of("tenant", "default")));
  }

  @Test
  public void eventsAreChosenByTimeTenantAndType() {
    Ran tenant = dryEvents("--tenant=b,c");
    Ran time = dryEvents("--eventTimeStart=2026-01-01T00:30:00Z", "--eventTimeEnd=2026-01-02");
    Ran type = dryEvents("--type=click");

    assertThat(
        tenant.json().path("counts").toString(),
        is("{\"read\":2,\"filtered\":1,\"would_replay\":1}"));
    assertThat(
        time.json().path("counts").toString(),
        is("{\"read\":1,\"filtered\":0,\"would_replay\":1}"));
    assertThat(type.code(), is(20));
  }

  @Test
  public void theRowsOfWhatIsReplayedCanBeLookedAt() {
    Ran rows =
        leatToStandardOutput(
            "replay", repaired, "--source=" + letters, "--reason=missing-field", "--sink=stdout:");

    assertThat(rows.err(), rows.code(), is(0));
    assertThat(
        rows.lines(),
        contains(
            "{\"window_start\":\"2026-01-01T00:00:00Z\",\"window_end\":\"2026-01-01T01:00:00Z\",\"site\":null,\"visits\":1}"));
    assertThat(Rows.ofLake(raw), hasSize(2));
  }

  @Test
  public void aCsvPayloadIsReadWithItsHeaderAgain() throws IOException {
    Path csv =
        Files.writeString(
            root.resolve("csv.yaml"),
            """
            name: visits
            events: {format: csv, type: visit, id: /id, time: /time, tenant: /site}
            window: {fixed: 1h}
            aggregate: {by: [/site], measures: {visits: count}}
            """);
    Path file =
        Files.writeString(
            root.resolve("visits.csv"),
            "id,time,site\r\n1,2026-01-01T00:10:00Z,\"a\r\nb\"\r\n2,2026-01-01T00:10:00Z,c\r\n");
    String table = "lake://" + root + "/lake/raw.csv";
    leat("ingest", csv, "--source=" + file, "--sink=" + table);

    Ran again =
        leat("replay", csv, "--source=" + table, "--sink=" + table + "_again", "--output=json");

    assertThat(again.count("stored"), is(2L));
    String[] identity = {"id", "time", "tenant", "data", "origin", "ingest_offset"};
    assertThat(
        Rows.columns(Rows.ofLake(table + "_again"), identity),
        equalTo(Rows.columns(Rows.ofLake(table), identity)));
    Ran ofLetters = leat("replay", csv, "--source=" + table + "_dead_letters", "--sink=" + table);
    assertThat(ofLetters.code(), is(2));
    assertThat(
        ofLetters.err(),
        containsString("reads CSV by the names in a header, which a dead letter does not have"));
  }

  @Test
  public void whatCannotBeIsRefusedBeforeAnythingRuns() {
    Ran many =
        leat(
            "replay",
            "--source=" + letters,
            "--sink=jdbc:postgresql://localhost/db?table=t",
            "--tenant=a",
            "--rate=5/s");

    assertThat(many.code(), is(2));
    assertThat(
        many.err().lines().toList(),
        contains(
            containsString("is of dead letters, which have no tenant, type or event time yet"),
            containsString("--rate: expected a log as the sink"),
            containsString("WORKFLOW: expected one, whose events section reads the records"),
            containsString("replay into the raw table, then run the workflow")));
    refused("--reason: expected a source of dead letters", "--source=" + raw, "--reason=malformed");
    refused("--source: expected a raw table", "--source=jsonl:///x");
    refused("--maxAttempts: expected 1 to 1000, got 0", "--source=" + letters, "--maxAttempts=0");
    refused("--rate: expected a number above 0", "--source=" + letters, "--rate=fast");
    refused("--rate: expected a number above 0", "--source=" + letters, "--rate=0/s");
    refused("--eventTimeStart: expected a time", "--source=" + raw, "--eventTimeStart=soon");
    assertThat(
        leat("replay", former, "--source=" + raw, "--sink=" + raw).err(),
        containsString("--sink: expected another table than the source"));
    assertThat(
        leat("replay", "--source=" + raw + "_absent", "--sink=kafka://localhost:1/t").code(),
        is(4));
    run(former, "result");
    assertThat(
        leat("replay", former, "--source=" + letters, "--sink=" + table("result")).err(),
        matchesPattern("(?s)leat: .*result: is no raw table of events.*"));
  }

  private void refused(String problem, String... options) {
    Object[] words = new Object[options.length + 2];
    words[0] = "replay";
    words[1] = "--sink=kafka://localhost:1/topic";
    System.arraycopy(options, 0, words, 2, options.length);
    Ran ran = leat(words);
    assertThat(ran.code(), is(2));
    assertThat(ran.err(), containsString(problem));
  }

  private Ran replay(String... options) {
    Object[] words = new Object[options.length + 4];
    words[0] = "replay";
    words[1] = repaired;
    words[2] = "--source=" + letters;
    words[3] = "--output=json";
    System.arraycopy(options, 0, words, 4, options.length);
    return leat(words);
  }

  private Ran dryEvents(String... options) {
    Object[] words = new Object[options.length + 5];
    words[0] = "replay";
    words[1] = "--source=" + raw;
    words[2] = "--sink=jsonl:" + root + "/out";
    words[3] = "--dryRun";
    words[4] = repaired;
    System.arraycopy(options, 0, words, 5, options.length);
    Ran ran = leat(append(words, "--output=json"));
    assertThat(Files.exists(root.resolve("out")), is(false));
    return ran;
  }

  private static Object[] append(Object[] words, Object last) {
    Object[] more = java.util.Arrays.copyOf(words, words.length + 1);
    more[words.length] = last;
    return more;
  }

  private void run(Path workflow, String name) {
    assertThat(leat("run", workflow, "--source=" + raw, "--sink=" + table(name)).code(), is(0));
  }

  private String table(String name) {
    return "lake://" + root + "/lake/" + name;
  }

  private static Map<String, String> row(String start, String site, String visits) {
    return Map.of("window_start", start, "site", site, "visits", visits);
  }
}
