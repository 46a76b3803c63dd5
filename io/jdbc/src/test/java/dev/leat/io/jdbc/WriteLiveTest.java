package dev.leat.io.jdbc;

import static dev.leat.io.jdbc.JdbcFixture.BY_PAGE;
import static dev.leat.io.jdbc.JdbcFixture.COUNTS;
import static dev.leat.io.jdbc.JdbcFixture.SESSIONS;
import static dev.leat.io.jdbc.JdbcFixture.count;
import static dev.leat.io.jdbc.JdbcFixture.live;
import static dev.leat.io.jdbc.JdbcFixture.session;
import static dev.leat.io.jdbc.JdbcFixture.table;
import static dev.leat.io.jdbc.JdbcFixture.write;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.UsageException;
import dev.leat.testing.fixtures.EmbeddedPostgres;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Duration;
import org.junit.ClassRule;
import org.junit.Test;

public final class WriteLiveTest {
  @ClassRule public static final EmbeddedPostgres POSTGRES = new EmbeddedPostgres();

  private final JdbcFixture fixture = new JdbcFixture(POSTGRES);

  @Test
  public void aPipelineEndsWithTheHighestRevisionOfEachKey() {
    List<Row> rows = new ArrayList<>();
    for (int revision = 1; revision <= 5; revision++) {
      rows.add(live(count("2015-09-12T13:00:00Z", "a", revision * 10), revision));
      rows.add(live(count("2015-09-12T13:00:00Z", null, revision * 100), revision));
      rows.add(live(count("2015-09-12T14:00:00Z", "a", revision), revision));
    }
    Collections.shuffle(rows, new Random(7));

    String summary =
        fixture.runLive("piped", JdbcFixture.live(BY_PAGE), rows).summary().orElseThrow();

    assertThat(fixture.counts("piped"), contains("13 a 50", "13 null 500", "14 a 5"));
    assertThat(summary, is("3 rows in table public.piped of " + fixture.place()));
  }

  @Test
  public void anUnboundedPipelineWritesEachBundleAndIsNoneToReplaceATable() {
    RowSink sink = fixture.open("streamed", JdbcFixture.live(BY_PAGE));
    TestStream<RowBlock> stream =
        TestStream.create(RowBlockCoder.of(LiveRows.schema(COUNTS)))
            .addElements(RowBlock.of(List.of(live(count("2015-09-12T13:00:00Z", "a", 1), 1))))
            .addElements(RowBlock.of(List.of(live(count("2015-09-12T13:00:00Z", "a", 4), 4))))
            .addElements(RowBlock.of(List.of(live(count("2015-09-12T13:00:00Z", "a", 3), 3))))
            .advanceWatermarkToInfinity();
    Pipeline pipeline = JdbcFixture.pipeline();
    PCollection<RowBlock> rows = pipeline.apply("Rows", stream);

    rows.apply("Write", sink.writeLive());
    pipeline.run().waitUntilFinish();
    UsageException refused =
        assertThrows(UsageException.class, () -> rows.apply("Replace", sink.write()));

    assertThat(fixture.counts("streamed"), contains("13 a 4"));
    assertThat(refused.getMessage(), containsString("expected a bounded source"));
  }

  /** Else a restart could find an event late that is in a row of the table. */
  @Test
  public void writesOnlyWhatIsInACompleteCheckpoint() {
    Pipeline pipeline = JdbcFixture.pipeline();
    pipeline
        .apply(Create.empty(RowBlockCoder.of(LiveRows.schema(COUNTS))))
        .apply("Write", fixture.open("stable", JdbcFixture.live(BY_PAGE)).writeLive());
    List<Boolean> writers = new ArrayList<>();

    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            if (node.getTransform() instanceof ParDo.MultiOutput<?, ?> step
                && step.getFn() instanceof WriteLive) {
              writers.add(
                  DoFnSignatures.signatureForDoFn(step.getFn())
                      .processElement()
                      .requiresStableInput());
            }
          }
        });

    assertThat(writers, contains(true));
  }

  @Test
  public void anyOrderAndAnyRepeatsFromSeveralWorkersEndWithTheHighestRevisionOfEachKey()
      throws Exception {
    for (int seed = 1; seed <= 8; seed++) {
      Random random = new Random(seed);
      String name = "shuffled_" + seed;
      RowTable table = table(name, COUNTS, BY_PAGE);
      Map<String, Long> highest = new TreeMap<>();
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        String page = random.nextInt(8) == 0 ? null : "p" + random.nextInt(9);
        int hour = 10 + random.nextInt(3);
        long revision = 1 + random.nextInt(50);
        highest.merge(hour + " " + page + " ", revision, Math::max);
        Row row = live(count("2015-09-12T" + hour + ":00:00Z", page, revision), revision);
        for (int copies = 1 + random.nextInt(2); copies > 0; copies--) {
          rows.add(row);
        }
      }
      Collections.shuffle(rows, random);

      writeConcurrently(table, rows, random);

      assertThat(
          "seed " + seed,
          fixture.counts(name),
          containsInAnyOrder(
              highest.entrySet().stream().map(e -> e.getKey() + e.getValue()).toArray()));
    }
  }

  @Test
  public void anyPastOfSessionsEndsWithThoseOfAllEvents() throws Exception {
    for (int seed = 1; seed <= 12; seed++) {
      Random random = new Random(seed);
      String name = "sessions_" + seed;
      RowTable table = table(name, COUNTS, SESSIONS);
      List<String> expected = new ArrayList<>();
      List<Row> rows = new ArrayList<>();
      for (String page : List.of("a", "b", "c")) {
        SessionModel model = new SessionModel(page, random);
        // A job that was restored repeats a part of its past, in which events come otherwise.
        rows.addAll(model.pastOf(random.nextInt(model.events())));
        rows.addAll(model.pastOf(random.nextInt(model.events())));
        rows.addAll(model.pastOf(model.events()));
        expected.addAll(model.last());
      }
      Collections.shuffle(rows, random);

      writeConcurrently(table, rows, random);

      assertThat(
          "seed " + seed,
          fixture.select(
              "SELECT page, extract(epoch FROM window_start)::bigint,"
                  + " extract(epoch FROM window_end)::bigint, edits FROM "
                  + name),
          containsInAnyOrder(expected.toArray()));
    }
  }

  /** In batches of any size, by three workers, each with its own connection. */
  private void writeConcurrently(RowTable table, List<Row> rows, Random random) throws Exception {
    List<List<Row>> batches = new ArrayList<>();
    for (int i = 0; i < rows.size(); ) {
      int end = Math.min(rows.size(), i + 1 + random.nextInt(60));
      batches.add(rows.subList(i, end));
      i = end;
    }
    ExecutorService workers = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> written = new ArrayList<>();
      for (int worker = 0; worker < 3; worker++) {
        int first = worker;
        written.add(
            workers.submit(
                () -> {
                  try (Session session = fixture.session(table)) {
                    for (int i = first; i < batches.size(); i += 3) {
                      write(session, table, batches.get(i));
                    }
                  }
                }));
      }
      for (Future<?> each : written) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a worker failed", e);
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  public void aLaterSessionReplacesThoseItWasMadeOfAndTheyDoNotComeBack() {
    RowTable table = table("merged", COUNTS, SESSIONS);
    Row first = session("a", 0, 10_000, 2);
    Row second = session("a", 20_000, 30_000, 1);
    Row both = session("a", 0, 30_000, 4);
    Row other = session("b", 5_000, 15_000, 1);
    Row next = session("a", 30_000, 40_000, 1);

    try (Session session = fixture.session(table)) {
      write(session, table, List.of(first, second, other, next));
      write(session, table, List.of(both));
      write(session, table, List.of(second));
      write(session, table, List.of(first));
    }

    assertThat(
        fixture.select(
            "SELECT page, extract(epoch FROM window_start)::int, edits FROM merged"
                + " ORDER BY page, window_start"),
        contains("a 0 4", "a 30 1", "b 5 1"));
  }

  @Test
  public void sessionsOfWhichNeitherIsPartOfTheOtherStayBoth() {
    RowTable table = table("overlapping", COUNTS, SESSIONS);

    // The first had been closed when an event came that is not late by its own session's end.
    try (Session session = fixture.session(table)) {
      write(session, table, List.of(session("a", 0, 12_000, 1000)));
      write(session, table, List.of(session("a", 11_000, 23_000, 1)));
    }

    assertThat(
        fixture.select("SELECT edits FROM overlapping ORDER BY window_start"),
        contains("1000", "1"));
  }

  @Test
  public void appendedRowsAreAddedOnce() {
    Schema letters =
        Schema.builder()
            .addByteArrayField("data")
            .addNullableField("origin", FieldType.STRING)
            .addNullableField("ingest_offset", FieldType.INT64)
            .build();
    LiveRows once = LiveRows.appendedOnceBy(List.of("origin", "ingest_offset"));
    RowTable table = table("letters", letters, once);
    Row a = live(Row.withSchema(letters).addValues(new byte[] {0, 1, -1}, "log", 7L).build(), 1);
    Row b = live(Row.withSchema(letters).addValues(new byte[0], "log", null).build(), 1);
    Row copy = live(Row.withSchema(letters).addValues(new byte[] {9}, "log", 7L).build(), 2);

    try (Session session = fixture.session(table)) {
      write(session, table, List.of(a, b, copy));
      write(session, table, List.of(copy, b));
    }

    assertThat(
        fixture.select("SELECT data, origin, ingest_offset FROM letters ORDER BY ingest_offset"),
        contains("\\x0001ff log 7", "\\x log null"));
  }

  @Test
  public void aKeyWithoutColumnsIsOneRow() {
    Schema total = Schema.builder().addInt64Field("edits").build();
    RowTable table = table("total", total, LiveRows.replacedBy(List.of()));

    try (Session session = fixture.session(table)) {
      for (long revision : new long[] {3, 9, 4}) {
        write(
            session,
            table,
            List.of(live(Row.withSchema(total).addValue(revision * 2).build(), revision)));
      }
    }

    assertThat(fixture.select("SELECT edits FROM total"), contains("18"));
  }

  @Test
  public void keysOfAnyLengthAndWithAnyCharactersAreTheirOwnRows() {
    RowTable table = table("strange", COUNTS, BY_PAGE);
    String longText = "x".repeat(100_000);
    List<String> pages =
        List.of(
            longText + "1",
            longText + "2",
            "nul\0",
            "nul\uFFFD",
            "",
            "null",
            "'); DROP TABLE strange; --",
            "tab\t\\N \\ \r\n \"quoted\" ${env:HOME}",
            "\uD83D\uDE00");
    List<Row> rows = new ArrayList<>();
    for (String page : pages) {
      rows.add(live(count("2015-09-12T13:00:00Z", page, 1), 1));
    }
    rows.add(live(count("2015-09-12T13:00:00Z", null, 1), 1));

    try (Session session = fixture.session(table)) {
      write(session, table, rows);
      write(session, table, rows);
    }

    List<String> expected = new ArrayList<>();
    pages.forEach(page -> expected.add(page.replace('\0', '\uFFFD')));
    expected.add("null");
    assertThat(fixture.select("SELECT page FROM strange"), containsInAnyOrder(expected.toArray()));
  }

  @Test
  public void aTransactionThatIsCutOffIsWrittenWholeByTheNextAttempt() {
    RowTable table = table("cut", COUNTS, BY_PAGE);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      rows.add(live(count("2015-09-12T13:00:00Z", "p" + i, i), i + 1));
    }
    try (Session session = fixture.session(table)) {
      write(session, table, List.of(live(count("2015-09-12T13:00:00Z", "p0", 0), 1)));
      endConnectionAtRow("cut", 100);

      write(session, table, rows);
    }

    assertThat(fixture.select("SELECT last_value > 200 FROM faults_cut"), contains("t"));
    assertThat(fixture.select("SELECT count(*), sum(edits) FROM cut"), contains("200 19900"));
  }

  /** The server ends the connection when it has inserted so many rows, once. */
  private void endConnectionAtRow(String table, int row) {
    fixture.execute(
        "CREATE SEQUENCE faults_"
            + table
            + "; CREATE FUNCTION cut_off_"
            + table
            + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " IF nextval('faults_"
            + table
            + "') = "
            + row
            + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
            + " RETURN NEW; END $$;"
            + " CREATE TRIGGER cut_off BEFORE INSERT ON "
            + table
            + " FOR EACH ROW EXECUTE FUNCTION cut_off_"
            + table
            + "()");
  }

  @Test
  public void givesUpWithoutTheValuesOfRowsInWhatItSays() {
    RowTable table = table("failing", COUNTS, BY_PAGE);
    Row row = live(count("2015-09-12T13:00:00Z", "very private", 1), 1);
    try (Session session = fixture.session(table)) {
      write(session, table, List.of(live(count("2015-09-12T13:00:00Z", "a", 1), 1)));
    }
    fixture.execute("ALTER TABLE failing ADD CHECK (page <> 'very private')");

    DatabaseException failure =
        assertThrows(
            DatabaseException.class,
            () -> {
              try (Session session = fixture.session(table)) {
                write(session, table, List.of(row));
              }
            });

    assertThat(failure.said(), containsString("failing_page_check"));
    assertThat(failure.said(), containsString("(23514)"));
    assertThat(failure.toString(), not(containsString("private")));
    assertThat(failure.getCause(), is(equalTo(null)));
  }

  @Test
  public void givesUpWhenTheConnectionKeepsEnding() {
    RowTable table = table("hopeless", COUNTS, BY_PAGE);
    fixture.execute(
        "CREATE TABLE hopeless (); CREATE FUNCTION hopeless() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;"
            + " CREATE TRIGGER cut_off BEFORE INSERT ON hopeless FOR EACH ROW EXECUTE FUNCTION"
            + " hopeless()");
    FluentBackoff twice =
        FluentBackoff.DEFAULT.withInitialBackoff(Duration.millis(1)).withMaxRetries(2);

    DatabaseException failure =
        assertThrows(
            DatabaseException.class,
            () -> {
              try (Session session = new Session(fixture.database("hopeless"), table, twice)) {
                write(session, table, List.of(live(count("2015-09-12T13:00:00Z", "a", 1), 1)));
              }
            });

    assertThat(failure.isTransient(), is(true));
    assertThat(fixture.select("SELECT count(*) FROM hopeless"), contains("0"));
  }

  @Test
  public void workersThatBeginAtOnceMakeTheTableOnce() throws Exception {
    RowTable table = table("begun", COUNTS, BY_PAGE);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(live(count("2015-09-12T13:00:00Z", "p" + i, 1), 1));
    }

    writeConcurrently(table, rows, new Random(1));

    assertThat(fixture.select("SELECT count(*) FROM begun"), contains("60"));
    assertThat(
        fixture.select("SELECT count(*) FROM pg_indexes WHERE tablename = 'begun'"), contains("1"));
  }

  @Test
  public void aBundleKeepsOfEachKeyWhatIsLast() {
    RowTable table = table("batched", COUNTS, SESSIONS);
    LiveBatch batch = new LiveBatch(table);

    batch.add(session("a", 0, 10_000, 2));
    batch.add(session("a", 0, 10_000, 3));
    batch.add(session("a", 0, 10_000, 1));
    batch.add(session("a", 2_000, 12_000, 1));
    batch.add(session("a", 0, 30_000, 9));
    batch.add(session("a", 2_000, 12_000, 1));
    batch.add(session("b", 2_000, 12_000, 1));

    assertThat(
        batch.sorted().stream().map(row -> row.values().get(2) + " " + row.revision()).toList(),
        containsInAnyOrder("a 9", "b 1"));
    assertThat(batch.sorted().get(1).hash(), greaterThan(batch.sorted().get(0).hash()));
  }
}
