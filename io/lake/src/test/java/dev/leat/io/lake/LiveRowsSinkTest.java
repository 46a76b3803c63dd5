package dev.leat.io.lake;

import static dev.leat.io.lake.LiveRowsFixture.COUNTS;
import static dev.leat.io.lake.LiveRowsFixture.REPLACED;
import static dev.leat.io.lake.LiveRowsFixture.SESSIONS;
import static dev.leat.io.lake.LiveRowsFixture.commit;
import static dev.leat.io.lake.LiveRowsFixture.counts;
import static dev.leat.io.lake.LiveRowsFixture.hour;
import static dev.leat.io.lake.LiveRowsFixture.target;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Live rows through the sink, with other writers and readers of the table. */
public final class LiveRowsSinkTest {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private ConnectorUri table;

  @Before
  public void nameTable() {
    table = LakeFixture.uri(folder.getRoot().toPath(), "marts.counts");
  }

  @After
  public void noFaults() {
    FaultPoint.onReached(reached -> {});
  }

  @Test
  public void panesOfAnUnboundedRunEndAsTheLastOfEach() {
    RowSink sink = sink(table, REPLACED);
    Pipeline pipeline = LakeFixture.pipeline();
    org.joda.time.Instant early = LiveRowsFixture.minute(0);
    pipeline
        .apply(
            TestStream.create(RowBlockCoder.of(LiveRows.schema(COUNTS)))
                .addElements(
                    TimestampedValue.of(block(hour(13, "a", 1), hour(13, "b", 2)), early),
                    TimestampedValue.of(block(hour(13, "a", 2)), early))
                .advanceProcessingTime(org.joda.time.Duration.standardSeconds(11))
                .advanceWatermarkTo(LiveRowsFixture.minute(14 * 60))
                // On time, and then late, out of order.
                .addElements(TimestampedValue.of(block(hour(13, "a", 3), hour(14, "a", 1)), early))
                .advanceProcessingTime(org.joda.time.Duration.standardSeconds(11))
                .advanceWatermarkTo(LiveRowsFixture.minute(15 * 60))
                .addElements(TimestampedValue.of(block(hour(13, "b", 4)), early))
                .addElements(TimestampedValue.of(block(hour(13, "b", 3)), early))
                .advanceWatermarkToInfinity())
        .apply(
            Window.<RowBlock>into(FixedWindows.of(org.joda.time.Duration.standardHours(1)))
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(org.joda.time.Duration.standardDays(1))
                .accumulatingFiredPanes())
        .apply("Write", sink.writeLive());
    pipeline.run().waitUntilFinish();

    assertThat(
        counts(table),
        contains("2015-09-12T13:00Z a 3", "2015-09-12T13:00Z b 4", "2015-09-12T14:00Z a 1"));
    assertThat(
        sink.summary().orElseThrow(),
        is(
            table
                + ": 3 rows in 1 file, snapshot "
                + LakeTables.history(table).get(0).snapshotId()));
  }

  @Test
  public void aBatchRunThatCommitsMeanwhileStaysAndTheLiveRowsAreAddedToIt() {
    RowTarget target = target(table, REPLACED);
    commit(target, hour(13, "a", 1), hour(13, "gone", 1), hour(14, "a", 1));
    AtomicBoolean done = new AtomicBoolean();
    FaultPoint.onReached(
        reached -> {
          if (reached == FaultPoint.LIVE_ROWS_WRITTEN && done.compareAndSet(false, true)) {
            replace("batch", hour(13, "a", 7), hour(14, "a", 7), hour(15, "a", 7));
          }
        });

    commit(target, hour(13, "a", 2), hour(16, "a", 2));

    assertThat(
        counts(table),
        contains(
            "2015-09-12T13:00Z a 2",
            "2015-09-12T14:00Z a 7",
            "2015-09-12T15:00Z a 7",
            "2015-09-12T16:00Z a 2"));
    assertThat(LakeTables.history(table), hasSize(3));
    assertThat(
        LakeFixture.filesUnder(folder.getRoot().toPath().resolve("marts/counts/staging"), ".tmp"),
        hasSize(0));
  }

  @Test
  public void aRowThatComesAgainDoesNotTakeThePlaceOfItsRepair() {
    RowTarget target = target(table, REPLACED);
    commit(target, hour(13, "a", 5), hour(14, "a", 5), hour(30, "a", 5));
    replace("repair", hour(13, "a", 9), hour(14, "a", 9), hour(15, "a", 9), hour(30, "a", 9));
    commit(target, hour(13, "a", 5), hour(14, "a", 6));
    replace("repair-2", hour(13, "a", 11), hour(14, "a", 11), hour(30, "a", 11));

    commit(target, hour(14, "a", 6), hour(30, "a", 5));
    commit(target, hour(30, "a", 6), hour(16, "a", 1));
    commit(target, hour(13, "a", 5));

    assertThat(
        counts(table),
        contains(
            "2015-09-12T13:00Z a 11",
            "2015-09-12T14:00Z a 11",
            "2015-09-12T16:00Z a 1",
            "2015-09-13T06:00Z a 6"));
  }

  @Test
  public void aReaderThatPollsNeverSeesACountShrinkOrHalfACommit() throws Exception {
    int commits = 12;
    RowTarget target = target(table, REPLACED);
    commit(target, hour(0, "x", 1), hour(30, "x", 1));
    AtomicBoolean ended = new AtomicBoolean();
    Semaphore polled = new Semaphore(0);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reader = threads.submit(poll(ended, polled));
      Random random = new Random(1);
      List<Row> all = new ArrayList<>();
      for (int i = 2; i <= commits; i++) {
        List<Row> batch = List.of(hour(0, "x", i), hour(30, "x", i), hour(i % 5, "y", i));
        commit(target, batch);
        // Older rows come again, some without others.
        all.addAll(batch);
        Collections.shuffle(all, random);
        commit(target, all.subList(0, all.size() / 2));
        assertThat(polled.tryAcquire(120, TimeUnit.SECONDS), is(true));
      }
      ended.set(true);
      assertThat(reader.get(120, TimeUnit.SECONDS), is(not(0)));
    } finally {
      ended.set(true);
      threads.shutdownNow();
    }
  }

  private Callable<Integer> poll(AtomicBoolean ended, Semaphore polled) {
    return () -> {
      Map<String, Long> last = new HashMap<>();
      int polls = 0;
      while (!ended.get()) {
        Map<String, Long> now = new HashMap<>();
        for (Map<String, @Nullable Object> row : LakeRows.read(table)) {
          String place = row.get("window_start") + " " + row.get("page");
          assertThat(place + " twice", now.put(place, (Long) row.get("edits")), is((Long) null));
        }
        last.forEach(
            (place, edits) -> assertThat(place, now.getOrDefault(place, 0L) >= edits, is(true)));
        assertThat(now.get("2015-09-12T00:00Z x"), is(now.get("2015-09-13T06:00Z x")));
        last = now;
        polls++;
        polled.release();
      }
      return polls;
    };
  }

  @Test
  public void twoLiveRunsOfOneTableEndWithTheHighestRevisions() throws Exception {
    RowTarget target = target(table, REPLACED);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<?>> writers = new ArrayList<>();
    try {
      for (int writer = 0; writer < 2; writer++) {
        int number = writer;
        writers.add(
            threads.submit(
                () -> {
                  for (int i = 1; i <= 6; i++) {
                    commit(target, hour(13, "a", 2 * i + number), hour(i, "w" + number, i));
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get(240, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }

    List<String> expected = new ArrayList<>(List.of("2015-09-12T13:00Z a 13"));
    for (int i = 1; i <= 6; i++) {
      expected.add("2015-09-12T0" + i + ":00Z w0 " + i);
      expected.add("2015-09-12T0" + i + ":00Z w1 " + i);
    }
    expected.sort(null);
    assertThat(counts(table), is(expected));
  }

  @Test
  public void plainReadersFindOnlyTheTablesColumns() throws Exception {
    commit(target(table, REPLACED), hour(13, "a", 5));
    commit(target(table, REPLACED), hour(13, "a", 6));

    List<String> files = LakeTables.dataFiles(table);
    assertThat(files, hasSize(1));
    List<String> columns = new ArrayList<>();
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(Path.of(files.get(0))))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      schema.getFields().forEach(field -> columns.add(field.getName()));
    }
    assertThat(columns, contains("window_start", "window_end", "page", "edits"));
  }

  @Test
  public void refusesWhatCannotBe() {
    assertThat(
        refusal("marts.counts?commit=0s", COUNTS, REPLACED),
        containsString("commit: expected 1s to 1h, got 0s"));
    assertThat(
        refusal("marts.counts", COUNTS, LiveRows.replacedBy(List.of("nowhere"))),
        containsString("the key needs the column 'nowhere'"));
    assertThat(
        refusal(
            "marts.counts",
            Schema.builder().addDateTimeField("window_start").addStringField("page").build(),
            SESSIONS),
        containsString("the key needs the column 'window_end'"));
  }

  private String refusal(String rest, Schema schema, LiveRows live) {
    ConnectorUri uri = LakeFixture.uri(folder.getRoot().toPath(), rest);
    SinkRequest request = SinkRequest.of("run", schema, Optional.empty(), Map.of()).withLive(live);
    return assertThrows(UsageException.class, () -> Connectors.load().sink(uri, request))
        .getMessage();
  }

  private static RowSink sink(ConnectorUri uri, LiveRows live) {
    return Connectors.load()
        .sink(uri, SinkRequest.of("run", COUNTS, Optional.empty(), Map.of()).withLive(live));
  }

  /** A bounded run that replaces the table. */
  private void replace(String runId, Row... live) {
    List<Row> rows = new ArrayList<>();
    for (Row row : live) {
      rows.add(
          Row.withSchema(COUNTS)
              .addValues(row.getValues().subList(0, COUNTS.getFieldCount()))
              .build());
    }
    RowSink sink =
        Connectors.load().sink(table, SinkRequest.of(runId, COUNTS, Optional.empty(), Map.of()));
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline
        .apply(Create.of(List.of(RowBlock.of(rows))).withCoder(RowBlockCoder.of(COUNTS)))
        .apply("Write", sink.write());
    pipeline.run().waitUntilFinish();
  }

  private static RowBlock block(Row... rows) {
    return RowBlock.of(List.of(rows));
  }
}
