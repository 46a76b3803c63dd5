package dev.leat.io.jdbc;

import static dev.leat.io.jdbc.JdbcFixture.BY_PAGE;
import static dev.leat.io.jdbc.JdbcFixture.COUNTS;
import static dev.leat.io.jdbc.JdbcFixture.SESSIONS;
import static dev.leat.io.jdbc.JdbcFixture.count;
import static dev.leat.io.jdbc.JdbcFixture.live;
import static dev.leat.io.jdbc.JdbcFixture.request;
import static dev.leat.io.jdbc.JdbcFixture.session;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedPostgres;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.ClassRule;
import org.junit.Test;

public final class ReplaceRowsTest {
  @ClassRule public static final EmbeddedPostgres POSTGRES = new EmbeddedPostgres();

  private static final Schema PLACE =
      Schema.builder().addStringField("city").addNullableField("height", FieldType.DOUBLE).build();

  private static final Schema ALL =
      Schema.builder()
          .addInt32Field("n")
          .addNullableField("text", FieldType.STRING)
          .addNullableField("int16", FieldType.INT16)
          .addNullableField("int32", FieldType.INT32)
          .addNullableField("int64", FieldType.INT64)
          .addNullableField("float", FieldType.FLOAT)
          .addNullableField("double", FieldType.DOUBLE)
          .addNullableField("bool", FieldType.BOOLEAN)
          .addNullableField("decimal", FieldType.DECIMAL)
          .addNullableField("time", FieldType.DATETIME)
          .addNullableField("bytes", FieldType.BYTES)
          .addNullableField("top", FieldType.array(FieldType.DECIMAL))
          .addNullableField("place", FieldType.row(PLACE))
          .addNullableField("map", FieldType.map(FieldType.STRING, FieldType.INT64))
          .build();

  private final JdbcFixture fixture = new JdbcFixture(POSTGRES);

  @Test
  public void aRunReplacesTheTableAndIsTold() {
    fixture.runBounded(
        "whole",
        request("run-1", COUNTS),
        List.of(count("2015-09-12T13:00:00Z", "a", 1), count("2015-09-12T14:00:00Z", null, 2)));
    RowSink sink =
        fixture.runBounded(
            "whole", request("run-2", COUNTS), List.of(count("2015-09-12T13:00:00Z", "a", 3)));

    assertThat(fixture.counts("whole"), contains("13 a 3"));
    assertThat(
        sink.summary().orElseThrow(), is("1 row in table public.whole of " + fixture.place()));
    assertThat(
        fixture.select(
            "SELECT run_id, row_count, properties->>'workflow' FROM leat_runs"
                + " WHERE table_name = 'whole' ORDER BY run_id"),
        contains("run-1 2 test", "run-2 1 test"));
  }

  @Test
  public void aRangeReplacesTheWindowsThatBeginInIt() {
    fixture.runBounded(
        "ranged",
        request("run-1", COUNTS),
        List.of(
            count("2015-09-12T12:00:00Z", "a", 1),
            count("2015-09-12T13:00:00Z", "b", 2),
            count("2015-09-12T14:00:00Z", "c", 3),
            count("2015-09-12T15:00:00Z", "d", 4)));

    fixture.runBounded(
        "ranged",
        request("run-2", COUNTS, "2015-09-12T13:00:00Z", "2015-09-12T15:00:00Z"),
        List.of(count("2015-09-12T14:00:00Z", "e", 5)));

    assertThat(fixture.counts("ranged"), contains("12 a 1", "14 e 5", "15 d 4"));
  }

  @Test
  public void aRowOutsideTheRangeFailsTheRunAndChangesNothing() {
    fixture.runBounded(
        "outside", request("run-1", COUNTS), List.of(count("2015-09-12T12:00:00Z", "a", 1)));

    PipelineExecutionException failure =
        assertThrows(
            PipelineExecutionException.class,
            () ->
                fixture.runBounded(
                    "outside",
                    request("run-2", COUNTS, "2015-09-12T12:00:00Z", "2015-09-12T13:00:00Z"),
                    List.of(count("2015-09-12T13:00:00Z", "a", 2))));

    assertThat(
        failure.getMessage(),
        containsString("A row's window starts at 2015-09-12T13:00:00Z, outside the range"));
    assertThat(fixture.counts("outside"), contains("12 a 1"));
  }

  @Test
  public void aResultWithoutRowsReplacesTheFormerOne() {
    fixture.runBounded(
        "emptied", request("run-1", COUNTS), List.of(count("2015-09-12T12:00:00Z", "a", 1)));

    fixture.runBounded("emptied", request("run-2", COUNTS), List.of());

    assertThat(fixture.counts("emptied"), is(empty()));
  }

  @Test
  public void aRunThatIsDoneChangesNothingWhenItIsTriedAgain() {
    List<Row> rows = List.of(count("2015-09-12T12:00:00Z", "a", 1));
    fixture.runBounded("again", request("run-1", COUNTS), rows);
    fixture.runBounded(
        "again", request("run-2", COUNTS), List.of(count("2015-09-12T12:00:00Z", "b", 2)));

    fixture.runBounded("again", request("run-1", COUNTS), rows);

    assertThat(fixture.counts("again"), contains("12 b 2"));
  }

  @Test
  public void aRunThatIsCutOffLeavesTheFormerRowsAndCanBeTriedAgain() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add(count("2015-09-12T12:00:00Z", "p" + i, i));
    }
    fixture.runBounded(
        "cut", request("run-1", COUNTS), List.of(count("2015-09-12T12:00:00Z", "a", 1)));
    fixture.execute(
        "CREATE SEQUENCE cut_rows; CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN IF nextval('cut_rows') = 30 THEN"
            + " PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;"
            + " CREATE TRIGGER cut_off BEFORE INSERT ON cut FOR EACH ROW EXECUTE FUNCTION"
            + " cut_off()");

    PipelineExecutionException failure =
        assertThrows(
            PipelineExecutionException.class,
            () -> fixture.runBounded("cut", request("run-2", COUNTS), rows));
    List<String> between = fixture.counts("cut");
    fixture.runBounded("cut", request("run-2", COUNTS), rows);

    // What the server said last, or that it was gone, whichever the driver met first.
    assertThat(
        failure.getMessage(), matchesPattern("(?s).*table public.cut: .*\\((57P01|08006)\\).*"));
    assertThat(between, contains("12 a 1"));
    assertThat(fixture.select("SELECT count(*), sum(edits) FROM cut"), contains("50 1225"));
  }

  @Test
  public void everyTypeComesBackFromABoundedRun() {
    fixture.runBounded("types_bounded", request("run", ALL), everyType());

    assertStored("types_bounded");
  }

  @Test
  public void everyTypeComesBackFromALiveRun() {
    dev.leat.io.spi.LiveRows byNumber = dev.leat.io.spi.LiveRows.replacedBy(List.of("n"));
    fixture.runLive(
        "types_live",
        request("run", ALL).withLive(byNumber),
        everyType().stream().map(row -> live(row, 1)).toList());

    assertStored("types_live");
  }

  private static List<Row> everyType() {
    Row none = Row.withSchema(ALL).addValue(1).addValues(nulls()).build();
    Row some =
        Row.withSchema(ALL)
            .addValues(
                2,
                "back\\slash\ttab\nline\r\\N \0 \"'{},\uD83D\uDE00",
                (short) -7,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                0.1f,
                Double.NEGATIVE_INFINITY,
                true,
                new BigDecimal("-12345678901234567890123456789.1234567895"),
                Instant.parse("2015-09-12T13:00:00.123Z"),
                new byte[] {0, 92, -1},
                List.of(new BigDecimal("1E+3"), new BigDecimal("2.50")),
                Row.withSchema(PLACE).addValues("M\u00FCnchen \0 \"", Double.NaN).build(),
                Map.of("k\\", 1L))
            .build();
    Row extremes =
        Row.withSchema(ALL)
            .addValue(3)
            .addValue("")
            .addValues((short) 0, 0, Long.MIN_VALUE, Float.NaN, 1e300, false)
            .addValues(BigDecimal.ZERO, Instant.parse("10000-01-01T00:00:00.000Z"), new byte[0])
            .addArray()
            .addValue(null)
            .addValue(Map.of())
            .build();
    Row early = Row.withSchema(ALL).addValue(4).addValues(nulls()).build();
    Row before =
        Row.fromRow(early)
            .withFieldValue("time", Instant.parse("0000-12-31T23:00:00.000Z"))
            .build();
    return List.of(none, some, extremes, before);
  }

  private static List<@Nullable Object> nulls() {
    List<@Nullable Object> nulls = new ArrayList<>();
    for (int i = 1; i < ALL.getFieldCount(); i++) {
      nulls.add(null);
    }
    return nulls;
  }

  private void assertStored(String table) {
    assertThat(
        fixture.select("SELECT * FROM " + table + " WHERE n = 1").get(0).split(" ", -1)[13],
        is("null"));
    assertThat(
        fixture.select("SELECT text FROM " + table + " WHERE n = 2"),
        contains("back\\slash\ttab\nline\r\\N \uFFFD \"'{},\uD83D\uDE00"));
    assertThat(
        fixture.select(
            "SELECT int16, int32, int64, \"float\", double, bool, \"decimal\", time, bytes FROM "
                + table
                + " WHERE n = 2"),
        contains(
            "-7 -2147483648 9223372036854775807 0.1 -Infinity t"
                + " -12345678901234567890123456789.123456790 2015-09-12 13:00:00.123+00"
                + " \\x005cff"));
    assertThat(
        fixture.select("SELECT top, place, map FROM " + table + " WHERE n = 2"),
        contains(
            "[1000, 2.5] {\"city\": \"M\u00FCnchen \uFFFD \\\"\", \"height\": null}"
                + " {\"k\\\\\": 1}"));
    assertThat(
        fixture.select(
            "SELECT text, int16, int32, int64, \"float\", double, bool, \"decimal\", time, bytes,"
                + " top, place, map FROM "
                + table
                + " WHERE n = 3"),
        contains(
            " 0 0 -9223372036854775808 NaN 1e+300 f 0.000000000 10000-01-01 00:00:00+00 \\x [] null"
                + " {}"));
    assertThat(
        fixture.select("SELECT time FROM " + table + " WHERE n = 4"),
        contains("0001-12-31 23:00:00+00 BC"));
  }

  @Test
  public void columnsThatATableLacksAreAddedAndThoseThatRowsLackStay() {
    Schema more =
        Schema.builder()
            .addDateTimeField("window_start")
            .addDateTimeField("window_end")
            .addNullableField("page", FieldType.STRING)
            .addStringField("added; \"column\"")
            .build();
    fixture.runBounded(
        "followed",
        request("run-1", COUNTS),
        List.of(count("2015-09-12T12:00:00Z", "a", 1), count("2015-09-12T13:00:00Z", "b", 2)));

    fixture.runBounded(
        "followed",
        request("run-2", more, "2015-09-12T13:00:00Z", "2015-09-12T14:00:00Z"),
        List.of(
            Row.withSchema(more)
                .addValues(
                    Instant.parse("2015-09-12T13:00:00Z"),
                    Instant.parse("2015-09-12T14:00:00Z"),
                    "b",
                    "x")
                .build()));

    assertThat(
        fixture.select("SELECT page, edits, \"added; \"\"column\"\"\" FROM followed ORDER BY page"),
        contains("a 1 null", "b null x"));
  }

  @Test
  public void namesAreTakenAsTheyAreAndNeverAsSql() {
    fixture.execute("CREATE SCHEMA \"My.Marts\"; CREATE TABLE victim (n int)");
    String table = "\"My.Marts\".\"x\"\"; DROP TABLE victim; --\"";

    fixture.runBounded(
        table, request("run", COUNTS), List.of(count("2015-09-12T12:00:00Z", "a", 1)));

    assertThat(
        fixture.select(
            "SELECT table_schema, table_name FROM information_schema.tables"
                + " WHERE table_schema = 'My.Marts' AND table_name <> 'leat_runs'"),
        contains("My.Marts x\"; DROP TABLE victim; --"));
    assertThat(fixture.select("SELECT count(*) FROM victim"), contains("0"));
  }

  @Test
  public void aRangeOfALiveTableIsRepairedForGood() {
    fixture.runLive(
        "repaired",
        JdbcFixture.live(BY_PAGE),
        List.of(
            live(count("2015-09-12T12:00:00Z", "a", 1), 1),
            live(count("2015-09-12T13:00:00Z", "b", 2), 2)));

    fixture.runBounded(
        "repaired",
        request("repair", COUNTS, "2015-09-12T12:00:00Z", "2015-09-12T13:00:00Z"),
        List.of(count("2015-09-12T12:00:00Z", "a", 5), count("2015-09-12T12:00:00Z", null, 6)));
    fixture.runLive(
        "repaired",
        JdbcFixture.live(BY_PAGE),
        List.of(
            live(count("2015-09-12T12:00:00Z", "a", 1), 1),
            live(count("2015-09-12T12:00:00Z", null, 2), 2),
            live(count("2015-09-12T13:00:00Z", "b", 3), 3)));

    assertThat(fixture.counts("repaired"), contains("12 a 5", "12 null 6", "13 b 3"));
  }

  @Test
  public void aRepairWhileLiveRowsComeIsWhole() throws Exception {
    RowTable table = JdbcFixture.table("busy", COUNTS, BY_PAGE);
    List<Row> repaired = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      repaired.add(count("2015-09-12T12:00:00Z", "p" + i, 1000));
    }
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService worker = Executors.newSingleThreadExecutor();
    try (Session session = fixture.session(table)) {
      JdbcFixture.write(session, table, List.of(live(count("2015-09-12T12:00:00Z", "p0", 1), 1)));
      Future<?> live =
          worker.submit(
              () -> {
                for (int i = 1; !done.get() || i <= 300; i++) {
                  Row row = count("2015-09-12T12:00:00Z", "p" + (i % 300), i);
                  JdbcFixture.write(session, table, List.of(live(row, i)));
                }
              });

      fixture.runBounded(
          "busy",
          request("repair", COUNTS, "2015-09-12T12:00:00Z", "2015-09-12T13:00:00Z"),
          repaired);
      done.set(true);
      live.get();
    } finally {
      done.set(true);
      worker.shutdownNow();
    }

    assertThat(
        fixture.select("SELECT count(*), min(edits), max(edits) FROM busy"),
        contains("300 1000 1000"));
  }

  @Test
  public void aRepairedRangeOfSessionsKeepsOutThePartsOfThem() {
    fixture.runLive(
        "resessioned",
        JdbcFixture.live(SESSIONS),
        List.of(session("a", 0, 10_000, 1), session("a", 20_000, 30_000, 1)));
    Row repaired =
        Row.withSchema(COUNTS)
            .addValues(Instant.ofEpochMilli(0), Instant.ofEpochMilli(30_000), "a", 3L)
            .build();

    fixture.runBounded(
        "resessioned",
        request("repair", COUNTS, "1970-01-01T00:00:00Z", "1970-01-01T01:00:00Z"),
        List.of(repaired));
    fixture.runLive(
        "resessioned",
        JdbcFixture.live(SESSIONS),
        List.of(session("a", 20_000, 30_000, 2), session("a", 0, 30_000, 2)));

    assertThat(fixture.select("SELECT edits FROM resessioned"), contains("3"));
  }

  @Test
  public void liveAndBoundedRunsDoNotShareATable() {
    fixture.runBounded(
        "bounded", request("run", COUNTS), List.of(count("2015-09-12T12:00:00Z", "a", 1)));
    fixture.runLive(
        "lively",
        JdbcFixture.live(BY_PAGE),
        List.of(live(count("2015-09-12T12:00:00Z", "a", 1), 1)));
    SinkRequest otherKey =
        JdbcFixture.live(dev.leat.io.spi.LiveRows.replacedBy(List.of("window_start", "edits")));

    assertThat(
        refusal("bounded", JdbcFixture.live(BY_PAGE)),
        is(
            "table public.bounded: it has rows of a bounded run, or of others; expected a new"
                + " table, or one of a live run"));
    assertThat(
        refusal("lively", request("run", COUNTS)),
        is(
            "table public.lively: it belongs to a live run; expected --eventTimeStart and"
                + " --eventTimeEnd to repair a range of it, or another table"));
    assertThat(
        refusal("lively", otherKey),
        is(
            "table public.lively: its rows are told apart by (page, window_start), those of this"
                + " run by (edits, window_start); expected another table"));
    assertThat(
        refusal("lively", JdbcFixture.live(SESSIONS)),
        containsString("by (page, window_start, as sessions); expected another table"));
    assertThat(fixture.counts("bounded"), contains("12 a 1"));
    assertThat(fixture.counts("lively"), contains("12 a 1"));
  }

  @Test
  public void rowsThatLeatDidNotWriteAreNotReplaced() {
    fixture.execute(
        "CREATE TABLE precious (window_start timestamptz, page text);"
            + " INSERT INTO precious VALUES (NULL, 'mine')");
    String expected =
        "table public.precious: it has rows that Leat did not write; expected a new or an empty"
            + " table";

    assertThat(refusal("precious", request("run", COUNTS)), is(expected));
    assertThat(
        refusal("precious", request("run", COUNTS, "2015-09-12T00:00:00Z", "2015-09-13T00:00:00Z")),
        is(expected));
    assertThat(fixture.select("SELECT page FROM precious"), contains("mine"));
  }

  @Test
  public void anEmptyTableOfABoundedRunIsTakenByALiveOne() {
    fixture.runBounded("taken", request("run", COUNTS), List.of());

    fixture.runLive(
        "taken",
        JdbcFixture.live(BY_PAGE),
        List.of(live(count("2015-09-12T12:00:00Z", "a", 1), 1)));

    assertThat(fixture.counts("taken"), contains("12 a 1"));
  }

  private String refusal(String table, SinkRequest request) {
    UsageException refused = assertThrows(UsageException.class, () -> fixture.open(table, request));
    assertThat(refused.getMessage(), not(containsString("user=")));
    return refused.getMessage();
  }
}
