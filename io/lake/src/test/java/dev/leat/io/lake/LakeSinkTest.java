package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.filesUnder;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.SinkRequest.Unmoved;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.TimeRanges;
import dev.leat.io.spi.UsageException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

public final class LakeSinkTest {
  private static final Schema COUNTS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addStringField("page")
          .addInt64Field("edits")
          .build();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;

  @Before
  public void nameWarehouse() {
    warehouse = folder.getRoot().toPath();
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void aRunWithoutARangeReplacesTheTable() throws Exception {
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1), count("2015-09-13T00:00:00Z", "b", 2));
    write("run-2", count("2015-09-12T13:00:00Z", "a", 3));

    assertThat(rows("marts.counts"), contains("2015-09-12T13:00Z a 3"));
    List<TableVersion> history = LakeTables.history(at("marts.counts"));
    assertThat(history, hasSize(2));
    assertThat(
        history.get(0),
        is(
            new TableVersion(
                history.get(0).snapshotId(),
                history.get(0).time(),
                "overwrite",
                1,
                2,
                1,
                1,
                Optional.of("run-2"),
                Optional.of("counts"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                true,
                false)));
    assertThat(history.get(1).rowsAdded(), is(2L));
    assertThat(history.get(1).current(), is(false));
    assertThat(
        LakeTables.dataFiles(at("marts.counts")),
        contains(matchesPattern(".*/marts/counts/data/date=2015-09-12/[0-9a-f-]{36}\\.parquet")));
  }

  @Test
  public void aRangeReplacesExactlyItsDays() throws Exception {
    write(
        "run-1",
        count("2015-09-11T23:00:00Z", "a", 1),
        count("2015-09-12T00:00:00Z", "b", 2),
        count("2015-09-12T23:00:00Z", "c", 3),
        count("2015-09-13T00:00:00Z", "d", 4));

    RowSink sink =
        run(
            "marts.counts",
            request("run-2", COUNTS, "2015-09-12T00:00:00Z", "2015-09-13T00:00:00Z"),
            List.of(count("2015-09-12T05:00:00Z", "e", 5)));

    assertThat(
        rows("marts.counts"),
        contains("2015-09-11T23:00Z a 1", "2015-09-12T05:00Z e 5", "2015-09-13T00:00Z d 4"));
    assertThat(
        sink.summary().orElseThrow(),
        is(
            "lake://"
                + warehouse
                + "/marts.counts: 1 row in 1 file, snapshot "
                + LakeTables.history(at("marts.counts")).get(0).snapshotId()));
  }

  @Test
  public void severalRangesAreReplacedInOneCommitAndNothingBetweenThem() throws Exception {
    write(
        "run-1",
        count("2015-09-10T23:00:00Z", "a", 1),
        count("2015-09-11T00:00:00Z", "b", 2),
        count("2015-09-12T00:00:00Z", "c", 3),
        count("2015-09-13T00:00:00Z", "d", 4),
        count("2015-09-14T00:00:00Z", "e", 5));

    run(
        "marts.counts",
        SinkRequest.of("run-2", COUNTS, Optional.empty(), Map.of())
            .replacing(TimeRanges.of(day("2015-09-13"), day("2015-09-11"))),
        List.of(count("2015-09-11T05:00:00Z", "f", 6)));

    assertThat(
        rows("marts.counts"),
        contains(
            "2015-09-10T23:00Z a 1",
            "2015-09-11T05:00Z f 6",
            "2015-09-12T00:00Z c 3",
            "2015-09-14T00:00Z e 5"));
    assertThat(LakeTables.history(at("marts.counts")), hasSize(2));
  }

  @Test
  public void aRowBetweenTheRangesFailsTheRunAndChangesNothing() throws Exception {
    write("run-1", count("2015-09-11T00:00:00Z", "a", 1));
    SinkRequest twoDays =
        SinkRequest.of("run-2", COUNTS, Optional.empty(), Map.of())
            .replacing(TimeRanges.of(day("2015-09-11"), day("2015-09-13")));

    assertThrows(
        PipelineExecutionException.class,
        () -> run("marts.counts", twoDays, List.of(count("2015-09-12T00:00:00Z", "b", 1))));

    assertThat(rows("marts.counts"), contains("2015-09-11T00:00Z a 1"));
  }

  @Test
  public void aBranchIsWrittenBesideWhatReadersSee() throws Exception {
    write("run-1", count("2015-09-11T00:00:00Z", "a", 1), count("2015-09-12T00:00:00Z", "b", 2));

    RowSink sink =
        run(
            "marts.counts",
            SinkRequest.of("run-2", COUNTS, Optional.empty(), Map.of())
                .replacing(TimeRanges.of(day("2015-09-12")))
                .onBranch("trial"),
            List.of(count("2015-09-12T00:00:00Z", "c", 3)));
    run(
        "marts.counts",
        SinkRequest.of("run-3", COUNTS, Optional.empty(), Map.of())
            .replacing(TimeRanges.of(day("2015-09-11")))
            .onBranch("trial"),
        List.of());

    assertThat(rows("marts.counts"), contains("2015-09-11T00:00Z a 1", "2015-09-12T00:00Z b 2"));
    assertThat(rows("marts.counts", "trial"), contains("2015-09-12T00:00Z c 3"));
    assertThat(sink.summary().orElseThrow(), containsString("1 row in 1 file"));
  }

  @Test
  public void theSameRunOnABranchIsCommittedOnce() throws Exception {
    write("run-1", count("2015-09-11T00:00:00Z", "a", 1));
    SinkRequest request =
        SinkRequest.of("run-2", COUNTS, Optional.empty(), Map.of()).onBranch("trial");

    run("marts.counts", request, List.of(count("2015-09-12T00:00:00Z", "b", 2)));
    run("marts.counts", request, List.of(count("2015-09-12T00:00:00Z", "b", 2)));

    assertThat(rows("marts.counts", "trial"), contains("2015-09-12T00:00Z b 2"));
    assertThat(LakeTables.history(at("marts.counts")), hasSize(2));
    assertThat(filesUnder(warehouse.resolve("marts/counts"), ".parquet"), hasSize(2));
    assertThat(filesUnder(warehouse.resolve("marts/counts/staging"), ".tmp"), empty());
  }

  @Test
  public void aRunPublishesNothingOnceAnotherHasMovedWhatItWasPlannedWith() throws Exception {
    Unmoved none = new Unmoved("mark", null);
    Unmoved first = new Unmoved("mark", "run-1");
    marked("run-1", none, count("2015-09-11T00:00:00Z", "a", 1));
    // Neither a commit without the mark nor one on a branch moves it.
    run(
        "marts.counts",
        SinkRequest.of("other", COUNTS, Optional.empty(), Map.of())
            .replacing(TimeRanges.of(day("2015-09-20"))),
        List.of());

    RowSink second = marked("run-2", first, count("2015-09-11T00:00:00Z", "b", 2));
    RowSink late = marked("run-3", first, count("2015-09-11T00:00:00Z", "c", 3));
    RowSink fresh = marked("run-4", none, count("2015-09-11T00:00:00Z", "d", 4));

    assertThat(rows("marts.counts"), contains("2015-09-11T00:00Z b 2"));
    assertThat(second.summary().isPresent(), is(true));
    assertThat(late.summary(), is(Optional.empty()));
    assertThat(fresh.summary(), is(Optional.empty()));
    assertThat(LakeTables.history(at("marts.counts")), hasSize(3));
    assertThat(filesUnder(warehouse.resolve("marts/counts"), ".parquet"), hasSize(2));
    assertThat(filesUnder(warehouse.resolve("marts/counts/staging"), ".tmp"), empty());
    assertThat(filesUnder(warehouse.resolve("marts/counts/staging"), ".publication"), empty());
  }

  @Test
  public void aMoveBetweenTheLastLookAndTheCommitIsSeen() throws Exception {
    marked("run-1", new Unmoved("mark", null), count("2015-09-11T00:00:00Z", "a", 1));
    whenPublished("faster");

    RowSink slower =
        marked("run-2", new Unmoved("mark", "run-1"), count("2015-09-11T00:00:00Z", "b", 2));

    assertThat(rows("marts.counts"), empty());
    assertThat(slower.summary(), is(Optional.empty()));
    assertThat(filesUnder(warehouse.resolve("marts/counts"), ".parquet"), hasSize(1));
  }

  @Test
  public void aCommitWhoseAnswerIsLostIsTheRunsOwnAndNoMove() throws Exception {
    marked("run-1", new Unmoved("mark", null), count("2015-09-11T00:00:00Z", "a", 1));
    whenPublished("run-2");

    RowSink sink =
        marked("run-2", new Unmoved("mark", "run-1"), count("2015-09-11T00:00:00Z", "b", 2));

    assertThat(sink.summary().isPresent(), is(true));
    assertThat(LakeTables.history(at("marts.counts")), hasSize(2));
    assertThat(filesUnder(warehouse.resolve("marts/counts"), ".parquet"), hasSize(1));
  }

  /** Once, between the last look and the commit, a commit of that run empties the table. */
  private void whenPublished(String runId) {
    FaultPoint.onReached(
        reached -> {
          if (reached == FaultPoint.ROWS_PUBLISHED) {
            FaultPoint.onReached(later -> {});
            try (Warehouse.OpenTable open =
                Warehouse.openTable(LakeTable.parse(at("marts.counts")))) {
              open.table()
                  .newOverwrite()
                  .overwriteByRowFilter(org.apache.iceberg.expressions.Expressions.alwaysTrue())
                  .set("leat.mark", "x")
                  .set("leat.run-id", runId)
                  .commit();
            }
          }
        });
  }

  @Test
  public void aRangeMustBeWholePartitions() {
    SinkRequest halfDay = request("run", COUNTS, "2015-09-12T00:00:00Z", "2015-09-12T12:00:00Z");
    SinkRequest day = request("run", COUNTS, "2015-09-12T00:00:00Z", "2015-09-13T00:00:00Z");

    assertThat(
        refusal("marts.counts", halfDay),
        containsString("expected whole UTC days, because that is what the table can replace"));
    assertThat(refusal("marts.counts?partition=month", day), containsString("whole UTC months"));
    assertThat(
        refusal("marts.counts?partition=none", day), containsString("only be replaced whole"));
    assertThat(Files.exists(warehouse.resolve("catalog.db")), is(false));
  }

  @Test
  public void aRowOutsideTheRangeFailsTheRunAndChangesNothing() throws Exception {
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));

    PipelineExecutionException failed =
        assertThrows(
            PipelineExecutionException.class,
            () ->
                run(
                    "marts.counts",
                    request("run-2", COUNTS, "2015-09-12T00:00:00Z", "2015-09-13T00:00:00Z"),
                    List.of(count("2015-09-13T00:00:00Z", "b", 2))));

    assertThat(failed.getMessage(), containsString("outside the range"));
    assertThat(rows("marts.counts"), contains("2015-09-12T13:00Z a 1"));
  }

  @Test
  public void aRetryOfARunChangesNothing() throws Exception {
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));

    assertThat(rows("marts.counts"), contains("2015-09-12T13:00Z a 1"));
    assertThat(LakeTables.history(at("marts.counts")), hasSize(1));
    assertThat(filesUnder(warehouse.resolve("marts"), ".parquet"), hasSize(1));
    assertThat(filesUnder(warehouse.resolve("marts"), ".tmp"), empty());
  }

  @Test
  public void aRunThatDiesBeforeItsCommitChangesNothing() throws Exception {
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));
    FaultPoint.onReached(
        reached -> {
          throw new AssertionError("dies at " + reached);
        });

    assertThrows(
        PipelineExecutionException.class,
        () -> write("run-2", count("2015-09-12T13:00:00Z", "a", 2)));
    noFaults();

    assertThat(rows("marts.counts"), contains("2015-09-12T13:00Z a 1"));
    write("run-3", count("2015-09-12T13:00:00Z", "a", 3));
    assertThat(rows("marts.counts"), contains("2015-09-12T13:00Z a 3"));
  }

  @Test
  public void anEmptyResultEmptiesTheTable() throws Exception {
    write("run-0");
    assertThat(rows("marts.counts"), empty());
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));

    write("run-2");

    assertThat(rows("marts.counts"), empty());
    assertThat(LakeTables.history(at("marts.counts")).get(0).runId(), is(Optional.of("run-2")));
  }

  @Test
  public void aNewColumnIsAddedAndAChangedOneRefused() throws Exception {
    write("run-1", count("2015-09-12T13:00:00Z", "a", 1));
    Schema wider =
        Schema.builder()
            .addFields(COUNTS.getFields())
            .addArrayField("tags", FieldType.STRING)
            .build();
    Row row =
        Row.withSchema(wider)
            .addValues(joda("2015-09-13T13:00:00Z"), "b", 2L, List.of("x", "y"))
            .build();

    run(
        "marts.counts",
        request("run-2", wider, "2015-09-13T00:00:00Z", "2015-09-14T00:00:00Z"),
        List.of(row));

    assertThat(
        LakeFixture.column(LakeTable.parse(at("marts.counts")), "tags"),
        contains("[x, y]", "null"));
    // The narrower rows of before still fit.
    write("run-3", count("2015-09-12T13:00:00Z", "a", 1));
    Schema changed =
        Schema.builder()
            .addDateTimeField("window_start")
            .addInt64Field("page")
            .addDoubleField("edits")
            .build();
    assertThat(
        refusal("marts.counts", SinkRequest.of("run-4", changed, Optional.empty(), Map.of())),
        allOf(
            containsString("column 'page': the table has string, the rows have long"),
            containsString("column 'edits': the table has long, the rows have double")));
    Schema narrower = Schema.builder().addDateTimeField("window_start").build();
    run(
        "marts.counts",
        SinkRequest.of("run-5", narrower, Optional.empty(), Map.of()),
        List.of(Row.withSchema(narrower).addValues(joda("2015-09-14T13:00:00Z")).build()));

    assertThat(LakeFixture.column(LakeTable.parse(at("marts.counts")), "page"), contains("null"));
    assertThat(
        refusal(
            "marts.counts?partition=month",
            SinkRequest.of("run-6", COUNTS, Optional.empty(), Map.of())),
        containsString("partition: the table is partitioned by date, got month"));
  }

  @Test
  public void everyTypeIsStored() throws Exception {
    Schema schema =
        Schema.builder()
            .addStringField("text")
            .addInt64Field("big")
            .addInt32Field("small")
            .addDoubleField("real")
            .addBooleanField("flag")
            .addDecimalField("exact")
            .addDateTimeField("at")
            .addByteArrayField("bytes")
            .addNullableField("absent", FieldType.STRING)
            .addArrayField("decimals", FieldType.DECIMAL)
            .addStringField("date")
            .build();
    Row row =
        Row.withSchema(schema)
            .addValues(
                "é",
                Long.MIN_VALUE,
                -7,
                0.1,
                true,
                new BigDecimal("12345678901234567890123456789.1234567885"),
                joda("2015-09-12T13:00:00.123Z"),
                new byte[] {1, 2},
                null,
                List.of(new BigDecimal("1.5")),
                "a column that is called as a partition is")
            .build();

    run("marts.types", SinkRequest.of("run-1", schema, Optional.empty(), Map.of()), List.of(row));

    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at("marts.types")));
        CloseableIterable<Record> rows = IcebergGenerics.read(open.table()).build()) {
      Record stored = rows.iterator().next();
      assertThat(stored.getField("text"), is("é"));
      assertThat(stored.getField("big"), is(Long.MIN_VALUE));
      assertThat(stored.getField("small"), is(-7));
      assertThat(stored.getField("real"), is(0.1));
      assertThat(stored.getField("flag"), is(true));
      assertThat(
          stored.getField("exact"), is(new BigDecimal("12345678901234567890123456789.123456788")));
      assertThat(stored.getField("at").toString(), is("2015-09-12T13:00:00.123Z"));
      assertThat(stored.getField("bytes"), is(java.nio.ByteBuffer.wrap(new byte[] {1, 2})));
      assertThat(stored.getField("absent") == null, is(true));
      assertThat(stored.getField("decimals"), is(List.of(new BigDecimal("1.500000000"))));
      assertThat(open.table().spec().isUnpartitioned(), is(true));
    }
  }

  @Test
  public void aDecimalThatDoesNotFitFailsTheRun() {
    Schema schema = Schema.builder().addDecimalField("exact").build();
    Row row =
        Row.withSchema(schema).addValue(new BigDecimal("123456789012345678901234567890")).build();

    PipelineExecutionException failed =
        assertThrows(
            PipelineExecutionException.class,
            () ->
                run(
                    "marts.big",
                    SinkRequest.of("run-1", schema, Optional.empty(), Map.of()),
                    List.of(row)));

    assertThat(failed.getMessage(), containsString("30 digits before the point"));
  }

  @Test
  public void refusesColumnsThatHaveNoTypeHere() {
    Schema schema =
        Schema.builder()
            .addMapField("map", FieldType.STRING, FieldType.STRING)
            .addRowField("nested", COUNTS)
            .build();

    assertThat(
        refusal("marts.odd", SinkRequest.of("run", schema, Optional.empty(), Map.of())),
        allOf(containsString("column 'map'"), containsString("column 'nested'")));
  }

  @Test
  public void partitionsByMonthWhenAskedAlsoIfAColumnHasThatName() throws Exception {
    Schema schema =
        Schema.builder().addDateTimeField("window_start").addStringField("month").build();
    Row row = Row.withSchema(schema).addValues(joda("2015-09-12T13:00:00Z"), "sep").build();

    run(
        "marts.monthly?partition=month",
        SinkRequest.of("run-1", schema, Optional.empty(), Map.of()),
        List.of(row));

    assertThat(
        filesUnder(warehouse.resolve("marts/monthly/data"), ""),
        everyItem(startsWith("window_month=2015-09/")));
  }

  private RowSink marked(String runId, Unmoved condition, Row... rows) {
    return run(
        "marts.counts",
        SinkRequest.of(runId, COUNTS, Optional.empty(), Map.of("mark", "x")).ifStill(condition),
        List.of(rows));
  }

  private static TimeRange day(String date) {
    Instant start = Instant.parse(date + "T00:00:00Z");
    return TimeRange.of(start, start.plusSeconds(86_400));
  }

  private void write(String runId, Row... rows) {
    run(
        "marts.counts",
        SinkRequest.of(runId, COUNTS, Optional.empty(), Map.of("workflow", "counts")),
        List.of(rows));
  }

  private RowSink run(String table, SinkRequest request, List<Row> rows) {
    RowSink sink = Connectors.load().sink(at(table), request);
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline
        .apply(
            "Rows",
            Create.of(rows.isEmpty() ? List.<RowBlock>of() : List.of(RowBlock.of(rows)))
                .withCoder(RowBlockCoder.of(request.schema())))
        .apply("Write", sink.write());
    pipeline.run().waitUntilFinish();
    return sink;
  }

  private String refusal(String table, SinkRequest request) {
    return assertThrows(UsageException.class, () -> Connectors.load().sink(at(table), request))
        .getMessage();
  }

  private ConnectorUri at(String rest) {
    return uri(warehouse, rest);
  }

  private static SinkRequest request(String runId, Schema schema, String start, String end) {
    return SinkRequest.of(
        runId,
        schema,
        Optional.of(TimeRange.of(Instant.parse(start), Instant.parse(end))),
        Map.of("workflow", "counts"));
  }

  private static Row count(String windowStart, String page, long edits) {
    return Row.withSchema(COUNTS).addValues(joda(windowStart), page, edits).build();
  }

  private static org.joda.time.Instant joda(String time) {
    return org.joda.time.Instant.parse(time);
  }

  private List<String> rows(String table) throws Exception {
    return rows(table, "main");
  }

  private List<String> rows(String table, String branch) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at(table)));
        CloseableIterable<Record> records =
            IcebergGenerics.read(open.table())
                .useSnapshot(open.table().snapshot(branch).snapshotId())
                .build()) {
      for (Record record : records) {
        rows.add(
            record.getField("window_start")
                + " "
                + record.getField("page")
                + " "
                + record.getField("edits"));
      }
    }
    rows.sort(null);
    return rows;
  }
}
