package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.incremental.Warehouse.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import dev.leat.io.lake.LakeTables;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What an incremental run does, and when it does nothing or refuses. */
public class IncrementalTest {
  private static final String HOURLY =
      "window: {fixed: 1h}\naggregate: {by: [tenant], measures: {n: count, total: sum(/x)}}\n";
  private static final String SESSIONS =
      "window: {session: 30m}\naggregate: {by: [tenant], measures: {n: count}}\n";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse lake;

  @Before
  public void nameLake() {
    lake = new Warehouse(folder.getRoot().toPath());
  }

  @Test
  public void theFirstRunMakesEverythingAndTheSecondFindsNothingAndCommitsNothing()
      throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"), event("2", "2026-01-03T10:00"));

    Ran first = lake.incremental(workflow, "counts");
    Ran second = lake.incremental(workflow, "counts");

    assertThat(first.err(), first.code(), is(0));
    assertThat(first.json().path("recomputed").asText(), is("everything"));
    assertThat(first.json().path("from_version").asText(), is("nothing"));
    assertThat(first.count("rows"), is(2L));
    assertThat(second.code(), is(20));
    assertThat(second.json().path("result").asText(), is("nothing new in " + lake.at("raw")));
    assertThat(lake.versions("counts"), hasSize(1));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void onlyThePartitionsThatEventsWereAddedToAreMadeAnew() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(
        workflow,
        event("1", "2026-01-01T10:00"),
        event("2", "2026-01-02T10:00"),
        event("3", "2026-01-02T22:00"),
        event("4", "2026-01-03T10:00"));
    lake.whole(workflow, "counts");
    Set<String> before = files("counts");
    String from = lake.versions("raw").get(0).snapshotId() + "";

    lake.take(workflow, event("late", "2026-01-02T10:30"), event("5", "2026-01-04T10:00"));
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.json().path("from_version").asText(), is(from));
    assertThat(
        ran.json().path("to_version").asText(), is(lake.versions("raw").get(0).snapshotId() + ""));
    assertThat(
        ran.json().path("recomputed").asText(),
        is("2 partitions from 2026-01-02T00:00:00Z to 2026-01-05T00:00:00Z"));
    assertThat(ran.count("new_files"), is(2L));
    assertThat(ran.count("partitions"), is(2L));
    assertThat(ran.count("read"), is(4L));
    assertThat(ran.count("rows"), is(3L));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
    before.removeIf(file -> file.contains("date=2026-01-02"));
    assertThat(before, hasSize(2));
    before.forEach(file -> assertThat(files("counts"), hasItem(file)));
    assertThat(lake.incremental(workflow, "counts").code(), is(20));
  }

  @Test
  public void readsNoMoreThanTheTouchedPartitionsHave() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 10 * 24; i++) {
      lines.add(event("e" + i, "2026-01-%02dT%02d:%02d".formatted(1 + i / 24, i % 24, i % 60)));
    }
    lake.take(workflow, lines.toArray(String[]::new));
    lake.whole(workflow, "counts");

    lake.take(workflow, event("x", "2026-01-03T10:59"), event("y", "2026-01-07T00:00"));
    Ran ran = lake.incremental(workflow, "counts");

    long touched = bytesOf("date=2026-01-03") + bytesOf("date=2026-01-07");
    assertThat(ran.count("read"), is(50L));
    assertThat(ran.count("bytes_read"), lessThanOrEqualTo(touched * 12 / 10));
    assertThat(ran.count("bytes_read") > touched / 2, is(true));
  }

  @Test
  public void aSessionThatLateEventsJoinAcrossMidnightMovesToTheDayItBeginsIn() throws IOException {
    Path workflow = lake.workflow("sessions", SESSIONS);
    lake.take(
        workflow,
        event("1", "2026-01-01T23:30"),
        event("2", "2026-01-02T00:10"),
        event("3", "2026-01-02T00:55"),
        event("4", "2026-01-02T12:00"),
        event("5", "2026-01-03T00:10"));
    lake.whole(workflow, "counts");
    assertThat(lake.rows("counts"), hasSize(5));

    lake.take(workflow, event("late", "2026-01-01T23:50"), event("later", "2026-01-02T00:30"));
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("partitions"), is(2L));
    assertThat(
        Rows.columns(lake.rows("counts"), "window_start", "window_end", "n"),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"window_start\":\"2026-01-01T23:30:00Z\",\"window_end\":\"2026-01-02T01:25:00Z\",\"n\":5}",
                    "{\"window_start\":\"2026-01-02T12:00:00Z\",\"window_end\":\"2026-01-02T12:30:00Z\",\"n\":1}",
                    "{\"window_start\":\"2026-01-03T00:10:00Z\",\"window_end\":\"2026-01-03T00:40:00Z\",\"n\":1}"))));
  }

  @Test
  public void aLateEventInASessionOfTheDayBeforeChangesThatDay() throws IOException {
    Path workflow = lake.workflow("sessions", SESSIONS);
    lake.take(
        workflow,
        event("1", "2026-01-01T23:50"),
        event("2", "2026-01-02T00:10"),
        event("3", "2026-01-02T00:35"));
    lake.whole(workflow, "counts");

    lake.take(workflow, event("late", "2026-01-02T00:50"));
    lake.incremental(workflow, "counts");

    assertThat(
        Rows.columns(lake.rows("counts"), "window_start", "window_end", "n"),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"window_start\":\"2026-01-01T23:50:00Z\",\"window_end\":\"2026-01-02T01:20:00Z\",\"n\":4}"))));
  }

  @Test
  public void slidingWindowsThatReachIntoTheDayBeforeChangeItToo() throws IOException {
    Path workflow =
        lake.workflow(
            "sliding", "window: {sliding: 2h, every: 1h}\naggregate: {measures: {n: count}}\n");
    lake.take(workflow, event("1", "2026-01-01T23:10"), event("2", "2026-01-02T05:00"));
    lake.whole(workflow, "counts");

    lake.take(workflow, event("late", "2026-01-02T00:20"));
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.count("partitions"), is(2L));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
    assertThat(
        Rows.columns(lake.rows("counts"), "window_start", "n"),
        hasItem(Map.of("window_start", "2026-01-01T23:00:00.000000Z", "n", "2")));
  }

  @Test
  public void withoutWindowsEverythingIsMadeAnew() throws IOException {
    Path aggregate =
        lake.workflow("all", "deduplicate: {horizon: 1d}\naggregate: {measures: {n: count}}\n");
    Path rows = lake.workflow("rows", "let: {y: 'data.x + 1'}\n");
    lake.take(aggregate, event("1", "2026-01-01T10:00", ",\"x\":1"));
    lake.incremental(aggregate, "all");
    lake.incremental(rows, "each");

    lake.take(aggregate, event("2", "2026-01-02T10:00", ",\"x\":1"));
    Ran ofAll = lake.incremental(aggregate, "all");
    Ran ofEach = lake.incremental(rows, "each");

    assertThat(ofAll.json().path("recomputed").asText(), is("everything"));
    assertThat(Rows.columns(lake.rows("all"), "n"), equalTo(List.of(Map.of("n", "2"))));
    assertThat(ofEach.count("rows"), is(2L));
    assertThat(lake.rows("each"), equalTo(lake.rebuilt(rows)));
    assertThat(lake.incremental(aggregate, "all").code(), is(20));
    assertThat(lake.incremental(rows, "each").code(), is(20));
  }

  @Test
  public void anotherVersionOfTheWorkflowIsRefusedUntilItHasRunWhole() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    lake.incremental(workflow, "counts");
    Path changed = lake.workflow("changed", HOURLY.replace("total: sum(/x)", "total: max(/x)"));
    lake.take(workflow, event("2", "2026-01-01T10:01"));

    Ran refused = lake.incremental(changed, "counts");

    assertThat(refused.code(), is(2));
    assertThat(
        refused.err(),
        containsString("whose rows would stand beside the old ones; run it without --incremental"));
    assertThat(lake.versions("counts"), hasSize(1));
    assertThat(lake.whole(changed, "counts").code(), is(0));
    assertThat(lake.incremental(changed, "counts").code(), is(20));
    assertThat(lake.incremental(workflow, "counts").code(), is(2));
  }

  @Test
  public void lookupsThatChangedAreRefusedUntilARunOverAllEvents() throws IOException {
    Path places =
        Files.writeString(folder.getRoot().toPath().resolve("p.csv"), "tenant,name\na,Mill\n");
    Path workflow =
        lake.workflow(
            "enriched",
            "enrich: [{lookup: p.csv, key: tenant, as: place}]\nwindow: {fixed: 1h}\n"
                + "aggregate: {by: [place.name], measures: {n: count}}\n");
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    lake.incremental(workflow, "counts");
    Files.writeString(places, "tenant,name\na,Weir\n");
    lake.take(workflow, event("2", "2026-01-02T10:00"));

    Ran refused = lake.incremental(workflow, "counts");

    assertThat(refused.code(), is(2));
    assertThat(refused.err(), containsString("hold other rows than when it was made"));
    lake.whole(workflow, "counts");
    assertThat(lake.incremental(workflow, "counts").code(), is(20));
    assertThat(
        Rows.columns(lake.rows("counts"), "name"),
        equalTo(List.of(Map.of("name", "Weir"), Map.of("name", "Weir"))));
  }

  @Test
  public void aRangeThatWasRunInBetweenDoesNotMoveTheBookmark() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    lake.incremental(workflow, "counts");
    lake.take(workflow, event("2", "2026-01-01T11:00"), event("3", "2026-01-02T11:00"));

    lake.whole(workflow, "counts", "--eventTimeStart=2026-01-01", "--eventTimeEnd=2026-01-02");
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.count("partitions"), is(2L));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void aTableThatIsRolledBackIsBroughtForwardAgain() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    lake.incremental(workflow, "counts");
    lake.take(workflow, event("2", "2026-01-02T10:00"));
    lake.incremental(workflow, "counts");
    List<Map<String, String>> all = lake.rows("counts");
    long first = lake.versions("counts").get(1).snapshotId();

    lake.operate("counts", table -> table.manageSnapshots().rollbackTo(first).commit());
    assertThat(lake.rows("counts"), hasSize(1));
    Ran again = lake.incremental(workflow, "counts");

    assertThat(again.code(), is(0));
    assertThat(again.count("partitions"), is(1L));
    assertThat(lake.rows("counts"), equalTo(all));
  }

  @Test
  public void whatARollbackTakesOutOfRawIsTakenOutOfTheTable() throws IOException {
    for (String sections : List.of(HOURLY, SESSIONS)) {
      lake = new Warehouse(folder.newFolder().toPath());
      Path workflow = lake.workflow("w", sections);
      lake.take(
          workflow,
          event("1", "2026-01-01T23:45"),
          event("2", "2026-01-02T00:20"),
          event("3", "2026-01-05T10:00"));
      long first = lake.versions("raw").get(0).snapshotId();
      lake.take(
          workflow,
          event("joins", "2026-01-02T00:00"),
          event("day", "2026-01-03T10:00"),
          event("4", "2026-01-05T10:10"));
      lake.incremental(workflow, "counts");

      lake.operate("raw", table -> table.manageSnapshots().rollbackTo(first).commit());
      Ran back = lake.incremental(workflow, "counts");

      assertThat(back.err(), back.code(), is(0));
      assertThat(lake.rows("counts"), hasSize(3));
      assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
      lake.take(workflow, event("5", "2026-01-06T10:00"));
      lake.incremental(workflow, "counts");
      assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
      assertThat(lake.incremental(workflow, "counts").code(), is(20));
    }
  }

  @Test
  public void anExpiredSnapshotIsGoneOnFromOnlyWhereWhatFollowedItIsKnown() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    lake.incremental(workflow, "counts");
    long marked = lake.versions("raw").get(0).snapshotId();
    lake.take(workflow, event("2", "2026-01-02T10:00"));
    lake.operate("raw", table -> expire(table, marked));

    assertThat(lake.incremental(workflow, "counts").code(), is(0));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));

    long second = lake.versions("raw").get(0).snapshotId();
    lake.take(workflow, event("3", "2026-01-03T10:00"));
    long third = lake.versions("raw").get(0).snapshotId();
    lake.take(workflow, event("4", "2026-01-04T10:00"));
    lake.operate("raw", table -> expire(table, second));
    lake.operate("raw", table -> expire(table, third));
    Ran refused = lake.incremental(workflow, "counts");

    assertThat(refused.code(), is(2));
    assertThat(
        refused.err(),
        containsString(
            "version "
                + second
                + ", from which to go on, is expired or was never in this table; run the workflow"
                + " without --incremental once"));
    assertThat(lake.rows("counts"), hasSize(2));
    lake.whole(workflow, "counts");
    assertThat(lake.incremental(workflow, "counts").code(), is(20));
  }

  @Test
  public void ofTwoRunsAtOnceOnePublishesAndTheOtherEndsClean() throws Exception {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(workflow, event("1", "2026-01-01T10:00"));
    for (int round = 0; round < 3; round++) {
      int versions = round == 0 ? 0 : lake.versions("counts").size();

      List<Integer> codes = twoAtOnce(() -> lake.incremental(workflow, "counts").code());

      assertThat("round " + round, codes, equalTo(List.of(0, 20)));
      assertThat(lake.versions("counts"), hasSize(versions + 1));
      assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
      lake.take(workflow, event("round " + round, "2026-01-0%dT10:00".formatted(1 + round)));
    }
  }

  @Test
  public void deadLettersOfTheOtherPartitionsStayAndNoneComesTwice() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);
    lake.take(
        workflow,
        event("1", "2026-01-01T10:00", ",\"x\":\"many\""),
        event("2", "2026-01-02T10:00", ",\"x\":\"more\""));
    lake.incremental(workflow, "counts");

    lake.take(workflow, event("3", "2026-01-02T11:00", ",\"x\":\"most\""));
    Ran ran = lake.incremental(workflow, "counts");
    lake.take(workflow, event("4", "2026-01-02T11:00", ",\"x\":1"));
    lake.incremental(workflow, "counts");

    assertThat(ran.count("dead_letters"), is(2L));
    List<Map<String, String>> letters = lake.rows("counts_dead_letters");
    assertThat(letters, hasSize(3));
    lake.rebuilt(workflow);
    assertThat(letters, equalTo(lake.rows("rebuilt_dead_letters")));
  }

  @Test
  public void gapsBetweenProducersNumbersAreNotTakenFromAPart() throws IOException {
    Path workflow = lake.workflow("bySequence", "deduplicate: {by: sequence}\n" + HOURLY);
    Files.writeString(
        workflow, Files.readString(workflow).replace("id: /id", "id: /id, sequence: /n"));
    lake.take(
        workflow,
        event("1", "2026-01-01T10:00", ",\"n\":1"),
        event("2", "2026-01-02T10:00", ",\"n\":2"),
        event("3", "2026-01-03T10:00", ",\"n\":3"));
    lake.incremental(workflow, "counts");

    lake.take(
        workflow,
        event("4", "2026-01-01T11:00", ",\"n\":4"),
        event("5", "2026-01-03T11:00", ",\"n\":5"));
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.count("gaps"), is(0L));
    assertThat(ran.err(), not(containsString("gaps")));
    assertThat(lake.rows("counts"), equalTo(lake.rebuilt(workflow)));
  }

  @Test
  public void whatANewerVersionOfASchemaAddsIsMissingInOlderEventsOfTheSameDay()
      throws IOException {
    Path workflow =
        lake.workflow(
            "w",
            "window: {fixed: 1d}\naggregate: {by: [/region], measures: {n: count, y: sum(/y),"
                + " have: count(/y)}}\n");
    lake.take(workflow, event("1", "2026-01-01T10:00", ",\"schema\":1,\"x\":1"));
    lake.incremental(workflow, "counts");

    lake.take(
        workflow,
        event("2", "2026-01-01T11:00", ",\"schema\":2,\"x\":1,\"y\":5,\"region\":\"north\""),
        event("3", "2026-01-01T12:00", ",\"schema\":2,\"x\":1,\"y\":null,\"region\":null"));
    Ran ran = lake.incremental(workflow, "counts");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(
        Rows.columns(lake.rows("counts"), "region", "n", "y", "have"),
        equalTo(
            Rows.ofLines(
                List.of(
                    "{\"region\":null,\"n\":2,\"y\":null,\"have\":0}",
                    "{\"region\":\"north\",\"n\":1,\"y\":5,\"have\":1}"))));
  }

  @Test
  public void aMendedWorkflowMakesItsRowsOfEventsThatAnOlderOneRefused() throws IOException {
    String sections = "aggregate: {by: [tenant], measures: {n: count, total: sum(amount)}}\n";
    Path broken =
        lake.workflow("broken", "let: {amount: 'data.amount'}\nwindow: {fixed: 1d}\n" + sections);
    lake.take(
        broken,
        event("1", "2026-01-01T10:00", ",\"amount\":2"),
        event("2", "2026-01-01T11:00", ",\"value\":3"));
    assertThat(lake.incremental(broken, "counts").count("dead_letters"), is(1L));

    Path mended =
        lake.workflow(
            "mended",
            "let: {amount: 'has(data.amount) ? data.amount : data.value'}\nwindow: {fixed: 1d}\n"
                + sections);
    Ran ran = lake.whole(mended, "counts");

    assertThat(ran.count("dead_letters"), is(0L));
    assertThat(
        Rows.columns(lake.rows("counts"), "n", "total"),
        equalTo(List.of(Map.of("n", "2", "total", "5"))));
    assertThat(lake.rows("counts_dead_letters"), hasSize(0));
    assertThat(lake.incremental(mended, "counts").code(), is(20));
  }

  @Test
  public void whatCannotBeDoneIncrementallyIsRefusedAtOnce() throws IOException {
    Path workflow = lake.workflow("hourly", HOURLY);

    Ran refused =
        dev.leat.pipelines.cli.LeatCommand.leat(
            "run",
            workflow,
            "--source=drop/*.jsonl",
            "--sink=stdout:",
            "--eventTimeStart=2026-01-01",
            "--incremental");

    assertThat(refused.code(), is(2));
    assertThat(
        refused.err(), containsString("--source: expected a table of the lake with --incremental"));
    assertThat(
        refused.err(), containsString("--sink: expected a table of the lake with --incremental"));
    assertThat(
        refused.err(),
        containsString("--eventTimeStart, --eventTimeEnd: expected neither with --incremental"));
    assertThat(
        lake.incremental(workflow, "counts", "--deadLetters=jsonl:letters").err(),
        containsString("--deadLetters: expected a table of the lake with --incremental"));
  }

  private static void expire(org.apache.iceberg.Table table, long snapshotId) {
    table.expireSnapshots().expireSnapshotId(snapshotId).cleanExpiredFiles(false).commit();
  }

  private Set<String> files(String table) {
    return new HashSet<>(LakeTables.dataFiles(ConnectorUri.parse(lake.at(table))));
  }

  private long bytesOf(String partition) throws IOException {
    try (Stream<Path> files =
        Files.walk(lake.root().resolve("lake/default/raw/data/" + partition))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static List<Integer> twoAtOnce(Callable<Integer> run) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CyclicBarrier start = new CyclicBarrier(2);
    try {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        runs.add(
            threads.submit(
                () -> {
                  start.await();
                  return run.call();
                }));
      }
      List<Integer> codes = new ArrayList<>();
      for (Future<Integer> each : runs) {
        codes.add(each.get());
      }
      codes.sort(null);
      return codes;
    } finally {
      threads.shutdownNow();
    }
  }
}
