package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.event;
import static dev.leat.io.lake.LakeFixture.file;
import static dev.leat.io.lake.LakeFixture.ingest;
import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.event.Event;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.LiveRows;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import dev.leat.window.WindowSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What is found to be recomputed of a derived table. */
public final class DerivedLakeTest {
  private static final Schema ROWS =
      Schema.builder()
          .addDateTimeField("window_start")
          .addDateTimeField("window_end")
          .addInt64Field("n")
          .build();
  private static final Schema LATE =
      Schema.builder()
          .addNullableField("window_start", Schema.FieldType.DATETIME)
          .addStringField("id")
          .build();
  private static final WindowSpec HOURLY = WindowSpec.fixed(Duration.ofHours(1));
  private static final WindowSpec SESSIONS = WindowSpec.session(Duration.ofMinutes(30));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;
  private int runs;

  @Before
  public void nameWarehouse() {
    warehouse = folder.getRoot().toPath();
  }

  @Test
  public void findsTheDaysOfAddedEventsAndWhatTheirWindowsAreMadeOf() {
    take("2026-01-01T10:00:00Z", "2026-01-05T10:00:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    take("2026-01-02T10:00:00Z", "2026-01-02T11:00:00Z", "2026-01-04T00:00:00Z");

    Increment increment = plan(HOURLY);

    assertThat(increment.newFiles(), is(3));
    Increment.Part part = increment.recomputed().orElseThrow();
    assertThat(
        part.windowStarts().ranges(),
        contains(range("2026-01-02", "2026-01-03"), range("2026-01-04", "2026-01-05")));
    assertThat(part.eventTimes(), is(part.windowStarts()));
    assertThat(part.partitions(), is(2));
    assertThat(part.rowsBeside(), is(1L));
    assertThat(part.isFollowed(), is(true));
    assertThat(increment.bytesLookedAt(), is(0L));
  }

  @Test
  public void compactionAndExpiryOfRawAreNoNewsAndHideNone() {
    take("2026-01-01T10:00:00Z");
    take("2026-01-01T10:10:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));

    rewriteRaw();
    assertThat(plan(HOURLY).isEmpty(), is(true));

    take("2026-01-03T10:00:00Z");
    rewriteRaw();
    raw(
        table ->
            table
                .newDelete()
                .deleteFromRowFilter(
                    org.apache.iceberg.expressions.Expressions.equal("date", 20454))
                .commit());
    assertThat(
        plan(HOURLY).recomputed().orElseThrow().windowStarts().ranges(),
        contains(range("2026-01-03", "2026-01-04")));
  }

  @Test
  public void whatRawNoLongerHasAllEventsOfStaysAsItIs() {
    take("2026-01-01T10:00:00Z", "2026-01-03T10:00:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    raw(table -> table.updateProperties().set("leat.events-from", "2026-01-03T00:00:00Z").commit());

    take("2026-01-01T10:30:00Z");
    assertThat(plan(HOURLY).isEmpty(), is(true));
    take("2026-01-03T10:30:00Z");
    Increment.Part part = plan(HOURLY).recomputed().orElseThrow();

    assertThat(part.windowStarts().ranges(), contains(range("2026-01-03", "2026-01-04")));
    assertThat(part.expiredPartitions(), is(1));
    // A session that begins the day before could reach into this one.
    assertThat(plan(SESSIONS).isEmpty(), is(true));
  }

  @Test
  public void windowsThatALiveRunNamedAsLackingEventsAreFoundOnce() {
    take("2026-01-01T10:00:00Z", "2026-01-03T10:00:00Z");
    late("1", "2026-01-01T10:00:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    assertThat(plan(HOURLY).isEmpty(), is(true));

    late("2", "2026-01-03T10:00:00Z");
    Increment increment = plan(HOURLY);

    assertThat(increment.newFiles(), is(0));
    assertThat(increment.lateWindows(), is(1));
    assertThat(
        increment.recomputed().orElseThrow().windowStarts().ranges(),
        contains(range("2026-01-03", "2026-01-04")));
    publish(row("2026-01-03T10:00:00Z", "2026-01-03T11:00:00Z"));
    assertThat(plan(HOURLY).isEmpty(), is(true));
  }

  @Test
  public void ofAFileThatSpansManyDaysOnlyThoseOfItsEventsAreFound() {
    takeInto("raw.events?partition=tenant", "2026-01-01T10:00:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    takeInto("raw.events?partition=tenant", "2026-01-01T10:00:00Z", "2026-01-09T10:00:00Z");

    Increment increment = plan(HOURLY);

    assertThat(
        increment.recomputed().orElseThrow().windowStarts().ranges(),
        contains(range("2026-01-01", "2026-01-02"), range("2026-01-09", "2026-01-10")));
    assertThat(increment.bytesLookedAt() > 0, is(true));
  }

  @Test
  public void aSessionIsReadToItsEndAndFromAGapBeforeItsDay() {
    take("2026-01-02T23:50:00Z", "2026-01-03T00:10:00Z");
    publish(
        row("2026-01-02T23:50:00Z", "2026-01-03T00:40:00Z"),
        row("2026-01-02T12:00:00Z", "2026-01-02T12:30:00Z"),
        row("2026-01-03T09:00:00Z", "2026-01-03T09:30:00Z"));
    take("2026-01-03T00:39:59.999Z");

    Increment.Part part = plan(SESSIONS).recomputed().orElseThrow();

    assertThat(part.windowStarts().ranges(), contains(range("2026-01-02", "2026-01-04")));
    assertThat(
        part.eventTimes().ranges(),
        contains(
            TimeRange.of(
                Instant.parse("2026-01-01T23:30:00Z"), Instant.parse("2026-01-04T00:00:00Z"))));
  }

  @Test
  public void anEventThatOnlyTouchesASessionIsNoneOfIt() {
    take("2026-01-02T23:50:00Z");
    publish(row("2026-01-02T23:50:00Z", "2026-01-03T00:20:00Z"));
    take("2026-01-03T00:20:00Z");

    Increment.Part part = plan(SESSIONS).recomputed().orElseThrow();

    assertThat(part.windowStarts().ranges(), contains(range("2026-01-03", "2026-01-04")));
  }

  @Test
  public void aTableThatIsMadeOfEventsRefusesASourceWithoutAny() {
    take("2026-01-01T10:00:00Z");
    publish(row("2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z"));
    DerivedLake empty = DerivedLake.of(at("raw.others"), at("marts.counts"));
    RawLake others = RawLake.of(at("raw.others"));
    try (Warehouse open = Warehouse.open(others.table())) {
      new RawEvents(others.table(), RawPartition.DEFAULT).prepare(open);
    }

    assertThat(
        assertThrows(
                UsageException.class,
                () -> empty.plan(lake().bookmark().orElseThrow(), Optional.of(HOURLY)))
            .getMessage(),
        containsString("has no events"));
  }

  private Increment plan(WindowSpec windows) {
    return lake().plan(lake().bookmark().orElseThrow(), Optional.of(windows));
  }

  private DerivedLake lake() {
    return DerivedLake.of(at("raw.events"), at("marts.counts"));
  }

  private void take(String... times) {
    takeInto("raw.events", times);
  }

  private void takeInto(String table, String... times) {
    RawLake lake = RawLake.of(at(table));
    String run = "take-" + runs++;
    List<Event> events = new ArrayList<>();
    for (String time : times) {
      events.add(event(run + time, time, "en", run, events.size()));
    }
    ingest(lake, run, lake.plan(List.of(file(run))), events, List.of());
  }

  private void publish(Row... rows) {
    long version = LakeTables.history(at("raw.events")).get(0).snapshotId();
    Map<String, String> properties = new HashMap<>(lake().propertiesOfWhole(version));
    write(
        "marts.counts",
        SinkRequest.of("publish-" + runs++, ROWS, Optional.empty(), properties),
        ROWS,
        List.of(rows),
        true);
  }

  private void late(String id, String windowStart) {
    Schema schema = LiveRows.schema(LATE);
    write(
        "marts.counts_late",
        SinkRequest.of("late-" + runs++, LATE, Optional.empty(), Map.of())
            .withLive(LiveRows.appendedOnceBy(List.of("id", "window_start"))),
        schema,
        List.of(
            Row.withSchema(schema)
                .addValues(org.joda.time.Instant.parse(windowStart), id, 1L)
                .build()),
        false);
  }

  private void write(
      String table, SinkRequest request, Schema schema, List<Row> rows, boolean replace) {
    RowSink sink = Connectors.load().sink(at(table), request);
    Pipeline pipeline = LakeFixture.pipeline();
    PCollection<RowBlock> blocks =
        pipeline.apply(
            "Rows", Create.of(List.of(RowBlock.of(rows))).withCoder(RowBlockCoder.of(schema)));
    if (replace) {
      blocks.apply("Write", sink.write());
    } else {
      blocks.apply("Write", sink.addNew());
    }
    pipeline.run().waitUntilFinish();
  }

  /** As compaction does, with the same files under the same names. */
  private void rewriteRaw() {
    raw(
        table -> {
          var rewrite = table.newRewrite();
          try (var tasks = table.newScan().planFiles()) {
            for (FileScanTask task : tasks) {
              DataFile file = task.file();
              Path copy = Path.of(file.location() + "-" + runs++ + ".parquet");
              java.nio.file.Files.copy(Path.of(file.location()), copy);
              rewrite.deleteFile(file);
              rewrite.addFile(
                  org.apache.iceberg.DataFiles.builder(table.spec())
                      .copy(file)
                      .withPath(copy.toString())
                      .build());
            }
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
          rewrite.commit();
        });
  }

  private void raw(java.util.function.Consumer<Table> operation) {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at("raw.events")))) {
      operation.accept(open.table());
    }
  }

  private static Row row(String start, String end) {
    return Row.withSchema(ROWS)
        .addValues(org.joda.time.Instant.parse(start), org.joda.time.Instant.parse(end), 1L)
        .build();
  }

  private static TimeRange range(String from, String to) {
    return TimeRange.of(Instant.parse(from + "T00:00:00Z"), Instant.parse(to + "T00:00:00Z"));
  }

  private ConnectorUri at(String rest) {
    return uri(warehouse, rest);
  }
}
