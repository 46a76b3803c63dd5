package dev.leat.pipelines.incremental;

import static dev.leat.pipelines.cli.LeatCommand.leat;
import static dev.leat.pipelines.incremental.Warehouse.event;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import dev.leat.io.lake.LakeTables;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.pipelines.cli.LeatCommand.Ran;
import dev.leat.pipelines.cli.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A workflow that reads the table of another, whole and incrementally. */
public class TableOfAnotherTest {
  private static final String HOURLY =
      "window: {fixed: 1h}\n"
          + "aggregate: {by: [tenant], measures: {n: count, total: sum(/x), last_at: last(/time)}}\n";
  private static final String DAILY =
      "name: daily\nevents: {type: hour, time: /window_start, tenant: /tenant}\n"
          + "window: {fixed: 1d}\n"
          + "aggregate: {by: [tenant], measures: {hours: count, events: sum(/n)}}\n";

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse lake;
  private Path hourly;
  private Path daily;

  @Before
  public void makeFirstTable() throws IOException {
    lake = new Warehouse(folder.getRoot().toPath());
    hourly = lake.workflow("hourly", HOURLY);
    daily = workflow("daily", DAILY);
    lake.take(
        hourly,
        event("1", "2026-01-01T10:00", ",\"x\":2.50"),
        event("2", "2026-01-01T10:30", ",\"x\":1"),
        event("3", "2026-01-01T12:00"),
        event("4", "2026-01-02T10:00", ",\"x\":7"));
    lake.incremental(hourly, "hours");
  }

  @Test
  public void theRowsOfATableAreTheEventsOfAnother() {
    Ran ran = fromHours(daily, "days");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("read"), is(3L));
    assertThat(days(), is("2026-01-01 2 hours 3 events, 2026-01-02 1 hours 1 events"));
  }

  @Test
  public void aRowIsTheSameEventAsInItsParquetFile() throws IOException {
    Path events = workflow("each", "name: each\nevents: {type: hour, time: /window_start}\n");
    lake.whole(hourly, "plain?partition=none");
    List<String> files = LakeTables.dataFiles(ConnectorUri.parse(lake.at("plain")));
    assertThat(files, hasSize(1));

    lake.runFrom("plain", events, "ofTable");
    Ran parquet =
        leat("run", events, "--source=parquet://" + files.get(0), "--sink=" + lake.at("ofFile"));

    assertThat(parquet.err(), parquet.code(), is(0));
    assertThat(lake.rows("ofTable"), hasSize(3));
    assertThat(lake.rows("ofTable"), equalTo(lake.rows("ofFile")));
    assertThat(
        lake.rows("ofTable").toString(),
        containsString(
            "{\"window_start\":\"2026-01-01T10:00:00Z\",\"window_end\":\"2026-01-01T11:00:00Z\","
                + "\"tenant\":\"a\",\"n\":2,\"total\":3.5,\"last_at\":\"2026-01-01T10:30:00Z\"}"));
  }

  @Test
  public void aRowThatIsNoEventIsADeadLetterWithItsFileAndNumber() throws IOException {
    Path broken = workflow("broken", DAILY.replace("tenant: /tenant", "tenant: /nowhere"));

    Ran ran = fromHours(broken, "days");

    assertThat(ran.count("dead_letters"), is(3L));
    List<Map<String, String>> letters = lake.rows("days_dead_letters");
    assertThat(letters.get(0).get("origin"), matchesPattern(".*/hours/data/date=.*\\.parquet"));
    assertThat(letters.get(0).get("data"), containsString("\"window_start\":\"2026-01-0"));
  }

  @Test
  public void anEarlierVersionOfTheTableCanBeRead() throws IOException {
    long before = lake.versions("hours").get(0).snapshotId();
    lake.take(hourly, event("5", "2026-01-03T10:00"));
    lake.incremental(hourly, "hours");

    Ran ran = fromHours(daily, "days", "--asOf=" + before);

    assertThat(ran.count("read"), is(3L));
    assertThat(fromHours(daily, "days").count("read"), is(4L));
  }

  @Test
  public void aRangeOfTimeReadsNoMoreThanItsPartitions() {
    Ran ran = fromHours(daily, "days", "--eventTimeStart=2026-01-02", "--eventTimeEnd=2026-01-03");

    assertThat(ran.count("read"), is(1L));
    assertThat(days(), is("2026-01-02 1 hours 1 events"));
  }

  @Test
  public void whatCannotBeAChainIsRefused() throws IOException {
    Path mute = workflow("mute", "name: mute\naggregate: {measures: {n: count}}\n");

    Ran noEvents = fromHours(mute, "days");
    Ran noColumn =
        fromHours(workflow("typo", DAILY.replace("/window_start", "/windowStart")), "days");
    Ran itself = lake.runFrom("hours", daily, "hours", "--incremental");
    Ran itselfWhole = lake.runFrom("hours", daily, "hours");

    assertThat(noEvents.code(), is(2));
    assertThat(
        noEvents.err().lines().toList(),
        equalTo(
            List.of(
                "leat: "
                    + lake.at("hours")
                    + ": its rows are no events yet; expected an events section in the workflow that"
                    + " says what they become, such as events: {type: row, time: /window_start}")));
    assertThat(noColumn.code(), is(2));
    assertThat(
        noColumn.err(), containsString("got '/windowStart'; it has /window_start, /window_end"));
    for (Ran ran : List.of(itself, itselfWhole)) {
      assertThat(ran.code(), is(2));
      assertThat(ran.err(), containsString("expected another table for the rows"));
    }
    assertThat(lake.versions("hours"), hasSize(1));
  }

  @Test
  public void onlyThePartitionsOfChangedOnesAreMadeAnewAndNothingIsNothing() throws IOException {
    Ran first = incremental(daily, "days");
    Ran second = incremental(daily, "days");
    lake.take(hourly, event("late", "2026-01-01T12:20"), event("5", "2026-01-05T10:00"));
    lake.incremental(hourly, "hours");
    Ran third = incremental(daily, "days");

    assertThat(first.json().path("recomputed").asText(), is("everything"));
    assertThat(second.code(), is(20));
    assertThat(second.json().path("result").asText(), is("nothing new in " + lake.at("hours")));
    assertThat(third.err(), third.code(), is(0));
    assertThat(
        third.json().path("recomputed").asText(),
        is("2 partitions from 2026-01-01T00:00:00Z to 2026-01-06T00:00:00Z"));
    assertThat(third.count("read"), is(3L));
    assertThat(
        days(),
        is(
            "2026-01-01 2 hours 4 events, 2026-01-02 1 hours 1 events,"
                + " 2026-01-05 1 hours 1 events"));
    assertThat(lake.versions("days"), hasSize(2));
    assertThat(incremental(daily, "days").code(), is(20));
  }

  @Test
  public void rowsThatARollbackTakesAwayAreTakenOutOfTheSecondTableToo() throws IOException {
    long before = lake.versions("hours").get(0).snapshotId();
    lake.take(hourly, event("5", "2026-01-01T15:00"), event("6", "2026-01-03T10:00"));
    lake.incremental(hourly, "hours");
    incremental(daily, "days");

    lake.operate("hours", table -> table.manageSnapshots().rollbackTo(before).commit());
    Ran back = incremental(daily, "days");

    assertThat(back.err(), back.code(), is(0));
    assertThat(days(), is("2026-01-01 2 hours 3 events, 2026-01-02 1 hours 1 events"));
  }

  @Test
  public void rowsThatAnotherEngineDeletesAreTakenOutToo() {
    incremental(daily, "days");

    lake.operate(
        "hours",
        table ->
            table
                .newDelete()
                .deleteFromRowFilter(
                    org.apache.iceberg.expressions.Expressions.lessThan(
                        "window_start", "2026-01-02T00:00:00+00:00"))
                .commit());
    Ran ran = incremental(daily, "days");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(days(), is("2026-01-02 1 hours 1 events"));
  }

  @Test
  public void whatExpiresFromTheFirstTableStaysInTheSecond() throws IOException {
    Path monthly = workflow("monthly", DAILY.replace("{fixed: 1d}", "{sliding: 2d, every: 1d}"));
    incremental(monthly, "days");
    List<Map<String, String>> before = lake.rows("days");

    Ran expired = leat("table", "expire", lake.at("hours"), "--eventsOlderThan=" + sinceSecond());
    assertThat(expired.err(), expired.code(), is(0));
    assertThat(lake.rows("hours"), hasSize(1));
    assertThat(incremental(monthly, "days").code(), is(20));
    lake.take(hourly, event("5", "2026-01-02T11:00"));
    lake.incremental(hourly, "hours");
    Ran ran = incremental(monthly, "days");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("expired_partitions"), is(1L));
    List<Map<String, String>> after = lake.rows("days");
    assertThat(after, hasSize(before.size()));
    assertThat(after.subList(0, 2), equalTo(before.subList(0, 2)));
    assertThat(after.get(2).get("hours"), is("2"));
  }

  @Test
  public void compactionOfTheFirstTableIsNoNewsAndHidesNone() throws IOException {
    incremental(daily, "days");

    compact("hours");
    Ran nothing = incremental(daily, "days");
    lake.take(hourly, event("5", "2026-01-02T11:00"));
    lake.incremental(hourly, "hours");
    compact("hours");
    Ran something = incremental(daily, "days");

    assertThat(nothing.code(), is(20));
    assertThat(something.count("partitions"), is(1L));
    assertThat(days(), is("2026-01-01 2 hours 3 events, 2026-01-02 2 hours 2 events"));
  }

  @Test
  public void anExpiredVersionIsRefusedUntilARunOverAllRows() throws IOException {
    incremental(daily, "days");
    long marked = lake.versions("hours").get(0).snapshotId();
    lake.take(hourly, event("5", "2026-01-02T11:00"));
    lake.incremental(hourly, "hours");
    lake.operate("hours", table -> table.expireSnapshots().expireSnapshotId(marked).commit());

    Ran refused = incremental(daily, "days");

    assertThat(refused.code(), is(2));
    assertThat(
        refused.err(),
        containsString(
            "version "
                + marked
                + ", from which to go on, is expired or was never in this table; run the workflow"
                + " without --incremental once"));
    assertThat(fromHours(daily, "days").code(), is(0));
    assertThat(incremental(daily, "days").code(), is(20));
  }

  @Test
  public void timesCanBeInAColumnOfTexts() throws IOException {
    Path byLast = workflow("byLast", DAILY.replace("/window_start", "/last_at"));
    incremental(byLast, "days");

    lake.take(hourly, event("5", "2026-01-02T11:00"), event("6", "2026-01-04T11:00"));
    lake.incremental(hourly, "hours");
    Ran ran = incremental(byLast, "days");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("partitions"), is(2L));
    assertThat(
        days(),
        is(
            "2026-01-01 2 hours 3 events, 2026-01-02 2 hours 2 events,"
                + " 2026-01-04 1 hours 1 events"));
    assertThat(lake.versions("days"), hasSize(2));
  }

  @Test
  public void rowsThatTellNoTimeAreDeadLettersAlsoWhereNothingElseIsNew() throws IOException {
    Path byLast = workflow("byLast", DAILY.replace("/window_start", "/last_at"));
    lake.take(hourly, "{\"id\":\"5\",\"time\":\"2026-01-07T10:00:00Z\",\"tenant\":\"a\",\"x\":1}");
    lake.incremental(hourly, "hours");
    incremental(byLast, "days");
    Path timeless =
        workflow(
            "timeless",
            "name: counts\n" + Warehouse.EVENTS + HOURLY.replace("last(/time)", "last(/nothing)"));
    lake.whole(timeless, "hours");

    Ran ran = incremental(byLast, "days");

    assertThat(ran.err(), ran.code(), is(0));
    assertThat(ran.count("dead_letters"), not(is(0L)));
    assertThat(lake.rows("days"), hasSize(0));
    assertThat(lake.rows("days_dead_letters"), hasSize(4));
    assertThat(incremental(byLast, "days").code(), is(20));
  }

  private Path workflow(String name, String text) throws IOException {
    return Files.writeString(folder.getRoot().toPath().resolve(name + ".yaml"), text);
  }

  private Ran fromHours(Path workflow, String table, String... options) {
    return lake.runFrom("hours", workflow, table, options);
  }

  private Ran incremental(Path workflow, String table) {
    return fromHours(workflow, table, "--incremental");
  }

  private void compact(String table) {
    lake.operate(
        table,
        it -> {
          var rewrite = it.newRewrite();
          int[] copies = {0};
          try (var tasks = it.newScan().planFiles()) {
            for (var task : tasks) {
              Path file = Path.of(task.file().location());
              Path copy =
                  Path.of(
                      file + "-" + it.currentSnapshot().snapshotId() + copies[0]++ + ".parquet");
              Files.copy(file, copy);
              rewrite.deleteFile(task.file());
              rewrite.addFile(
                  org.apache.iceberg.DataFiles.builder(it.spec())
                      .copy(task.file())
                      .withPath(copy.toString())
                      .build());
            }
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          rewrite.commit();
        });
  }

  /** Since when the events are to be kept, so that January 1st goes and January 2nd stays. */
  private static String sinceSecond() {
    java.time.Duration age =
        java.time.Duration.between(
            java.time.Instant.parse("2026-01-02T12:00:00Z"), java.time.Instant.now());
    return age.toHours() + "h";
  }

  private String days() {
    return Rows.columns(lake.rows("days"), "window_start", "hours", "events").stream()
        .map(
            row ->
                "%s %s hours %s events"
                    .formatted(
                        row.get("window_start").substring(0, 10),
                        row.get("hours"),
                        row.get("events")))
        .collect(java.util.stream.Collectors.joining(", "));
  }
}
