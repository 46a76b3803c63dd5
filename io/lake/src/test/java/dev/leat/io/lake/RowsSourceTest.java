package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.Assert.assertThrows;

import dev.leat.block.RecordBlock;
import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.field.FieldRef;
import dev.leat.ingest.Mapping;
import dev.leat.ingest.RawRecord;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Connectors;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.TimeRange;
import dev.leat.io.spi.UsageException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The rows of a derived table as records. */
public final class RowsSourceTest {
  private static final Schema ROWS =
      Schema.builder()
          .addNullableField("window_start", Schema.FieldType.DATETIME)
          .addInt64Field("n")
          .build();
  private static final Mapping BY_WINDOW =
      Mapping.of(Mapping.Format.JSON, "row", FieldRef.parse("/window_start"));
  private static final Map<String, List<RawRecord>> READ = new ConcurrentHashMap<>();

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Path warehouse;
  private int runs;

  @Before
  public void nameWarehouse() {
    warehouse = folder.getRoot().toPath();
  }

  @Test
  public void eachRowIsARecordWithItsFileAndItsNumberAlsoWhereAFileIsReadInPieces() {
    write(row("2026-01-01T00:00:00Z", 0));
    table(
        table -> table.updateProperties().set("write.parquet.row-group-size-bytes", "64").commit());
    write(
        IntStream.range(0, 3000).mapToObj(n -> row("2026-01-01T00:00:00Z", n)).toArray(Row[]::new));
    List<String> files = LakeTables.dataFiles(at());
    assertThat(files, hasSize(1));

    RowsSource source = open(SourceRequest.defaults());
    List<RawRecord> records = read(source);

    assertThat(source.size().orElseThrow().rows(), is(3000L));
    assertThat(pieces(), greaterThan(1));
    assertThat(
        records.stream().map(RawRecord::offset).sorted().toList(),
        equalTo(LongStream.rangeClosed(1, 3000).boxed().toList()));
    RawRecord one =
        records.stream().filter(each -> each.offset() == 2500).findFirst().orElseThrow();
    assertThat(one.origin(), is(files.get(0)));
    assertThat(text(one), containsString("{\"window_start\":\"2026-01-01T00:00:00Z\",\"n\":"));
    assertThat(records.stream().map(RowsSourceTest::text).distinct().count(), is(3000L));
  }

  @Test
  public void givesTheColumnsThatTheVersionHasAndNotThoseThatItsFilesHaveBesides() {
    write(row("2026-01-01T00:00:00Z", 1));
    String first = open(SourceRequest.defaults()).version().orElseThrow();
    table(
        table ->
            table
                .updateSchema()
                .renameColumn("n", "m")
                .addColumn("late", Types.StringType.get())
                .commit());
    table(table -> table.newAppend().commit());

    assertThat(
        texts(open(SourceRequest.defaults())),
        contains("{\"window_start\":\"2026-01-01T00:00:00Z\",\"m\":1,\"late\":null}"));
    assertThat(
        texts((RowsSource) open("?snapshot=" + first, SourceRequest.defaults(), BY_WINDOW)),
        contains("{\"window_start\":\"2026-01-01T00:00:00Z\",\"n\":1}"));

    table(table -> table.updateSchema().deleteColumn("m").commit());
    table(table -> table.newAppend().commit());
    assertThat(
        texts(open(SourceRequest.defaults())),
        contains("{\"window_start\":\"2026-01-01T00:00:00Z\",\"late\":null}"));
  }

  @Test
  public void readsTheFilesThatCanHaveARowInTheRangeAndThoseThatTellNoTime() {
    write(
        row("2026-01-01T10:00:00Z", 1),
        row("2026-01-02T10:00:00Z", 2),
        row("2026-01-03T10:00:00Z", 3),
        row(null, 4));
    SourceRequest second =
        SourceRequest.defaults()
            .withEventTime(
                TimeRange.of(
                    Instant.parse("2026-01-02T00:00:00Z"), Instant.parse("2026-01-03T00:00:00Z")));
    Mapping byText = Mapping.of(Mapping.Format.JSON, "row", FieldRef.parse("/n"));

    assertThat(
        texts(open(second)),
        contains(
            "{\"window_start\":\"2026-01-02T10:00:00Z\",\"n\":2}",
            "{\"window_start\":null,\"n\":4}"));
    assertThat(texts((RowsSource) open("", second, byText)), hasSize(4));
  }

  @Test
  public void refusesWhatCannotBeMapped() {
    write(row("2026-01-01T10:00:00Z", 1));

    assertThat(
        refusal(SourceRequest.defaults(), Mapping.cloudEvents()),
        containsString(
            "marts.counts: its rows are no events yet; expected an events section in the workflow"));
    assertThat(
        refusal(
            SourceRequest.defaults(),
            Mapping.of(Mapping.Format.JSON, "row", FieldRef.parse("/window_strat"))),
        containsString(
            "marts.counts: events.time: expected a column of the table, got '/window_strat'; it has"
                + " /window_start, /n"));
    assertThat(
        refusal(SourceRequest.defaults().withFormat(RecordFormat.CSV), BY_WINDOW),
        containsString("its rows are JSON objects; expected format jsonl, got CSV"));
    assertThat(
        assertThrows(
                UsageException.class,
                () -> Connectors.load().source(at(), SourceRequest.defaults()))
            .getMessage(),
        containsString("is no raw table of events"));
  }

  private String refusal(SourceRequest request, Mapping mapping) {
    return assertThrows(UsageException.class, () -> open("", request, mapping)).getMessage();
  }

  private RowsSource open(SourceRequest request) {
    return (RowsSource) open("", request, BY_WINDOW);
  }

  private Source open(String parameters, SourceRequest request, Mapping mapping) {
    return Connectors.load()
        .source(uri(warehouse, "marts.counts" + parameters), request.withMapping(mapping));
  }

  private int pieces() {
    int[] pieces = {0};
    table(
        table ->
            pieces[0] =
                ReadPlan.of(
                        at(),
                        table,
                        table.currentSnapshot(),
                        org.apache.iceberg.expressions.Expressions.alwaysTrue(),
                        ReadPlan.SPLIT_BYTES)
                    .tasks()
                    .size());
    return pieces[0];
  }

  private void write(Row... rows) {
    SinkRequest request = SinkRequest.of("run-" + runs++, ROWS, Optional.empty(), Map.of());
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline
        .apply(
            "Rows",
            Create.of(List.of(RowBlock.of(List.of(rows)))).withCoder(RowBlockCoder.of(ROWS)))
        .apply("Write", Connectors.load().sink(at(), request).write());
    pipeline.run().waitUntilFinish();
  }

  private void table(Consumer<Table> operation) {
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(at()))) {
      operation.accept(open.table());
    }
  }

  private ConnectorUri at() {
    return uri(warehouse, "marts.counts");
  }

  private static Row row(String start, long n) {
    return Row.withSchema(ROWS)
        .addValues(start == null ? null : org.joda.time.Instant.parse(start), n)
        .build();
  }

  private static List<String> texts(RowsSource source) {
    return read(source).stream().map(RowsSourceTest::text).sorted().toList();
  }

  private static String text(RawRecord record) {
    return new String(record.data().toByteArray(), UTF_8);
  }

  private static List<RawRecord> read(RowsSource source) {
    String key = java.util.UUID.randomUUID().toString();
    READ.put(key, Collections.synchronizedList(new ArrayList<>()));
    Pipeline pipeline = LakeFixture.pipeline();
    pipeline.apply("Read", source.read()).apply("Keep", ParDo.of(new Keep(key)));
    pipeline.run().waitUntilFinish();
    return READ.remove(key);
  }

  private static final class Keep extends DoFn<RecordBlock, Void> {
    private static final long serialVersionUID = 1L;
    private final String key;

    Keep(String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(@Element RecordBlock block) {
      block.forEach(READ.get(key)::add);
    }
  }
}
