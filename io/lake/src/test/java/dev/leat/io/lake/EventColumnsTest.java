package dev.leat.io.lake;

import static dev.leat.io.lake.LakeFixture.uri;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.leat.block.EventBlock;
import dev.leat.event.Event;
import dev.leat.event.EventBytes;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.event.SchemaRef;
import dev.leat.io.spi.TimeRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetValueReader;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.MessageType;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The two ways between events and files, by bytes and by Iceberg's records, are the same. */
public final class EventColumnsTest {
  private static final List<RawPartition> PARTITIONS =
      List.of(RawPartition.MONTH, RawPartition.DATE, RawPartition.HOUR, RawPartition.TENANT);
  private static final List<String> TEXTS =
      List.of("", "a", "flight-000017", "Mühle", "水", "😀 and more", "\u0000", "x".repeat(300));

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  private Warehouse warehouse;
  private RawEvents rows;
  private Table table;

  @Before
  public void makeTable() {
    Path place = folder.getRoot().toPath().resolve("warehouse");
    LakeTable name = LakeTable.parse(uri(place, "raw.events"));
    warehouse = Warehouse.open(name);
    rows = new RawEvents(name, PARTITIONS);
    table = rows.prepare(warehouse);
  }

  @After
  public void close() {
    warehouse.close();
  }

  @Test
  public void filesHaveTheSameRows() throws IOException {
    for (List<Event> partition : generated()) {
      assertThat(
          records(byBytes(partition), table.schema()),
          is(records(byRecords(partition), table.schema())));
    }
  }

  @Test
  public void filesAreDescribedAlike() {
    for (List<Event> partition : generated()) {
      DataFile bytes = byBytes(partition).dataFile(table);
      DataFile records = byRecords(partition).dataFile(table);

      assertThat(bytes.partition().toString(), is(records.partition().toString()));
      assertThat(bytes.recordCount(), is((long) partition.size()));
      assertThat(bytes.recordCount(), is(records.recordCount()));
      assertThat(bytes.valueCounts(), is(records.valueCounts()));
      assertThat(bytes.nullValueCounts(), is(records.nullValueCounts()));
      assertThat(bytes.lowerBounds(), is(records.lowerBounds()));
      assertThat(bytes.upperBounds(), is(records.upperBounds()));
      assertThat(bytes.lowerBounds().containsKey(5), is(true));
      for (String unread : List.of("data", "origin")) {
        int id = table.schema().findField(unread).fieldId();
        assertThat(unread, bytes.lowerBounds().containsKey(id), is(false));
      }
    }
  }

  @Test
  public void eventsComeBackFromEither() throws IOException {
    for (List<Event> partition : generated()) {
      for (StagedFile file : List.of(byBytes(partition), byRecords(partition))) {
        assertThat(events(file, EventReader.class), is(partition));
        assertThat(events(file, RecordReader.class), is(partition));
      }
    }
  }

  @Test
  public void blocksOfEitherAreEqual() throws IOException {
    for (List<Event> partition : generated()) {
      EventBlock.Builder builder = new EventBlock.Builder();
      try (CloseableIterable<EventBytes> events = open(byBytes(partition), EventReader.class)) {
        events.forEach(builder::add);
      }

      assertThat(builder.build(), is(EventBlock.of(partition)));
    }
  }

  /** As of a table that was made before a column was, or that Spark has rewritten. */
  @Test
  public void readsWhatIsNotWrittenHere() throws IOException {
    Event event = event(new Random(1), 0, Instant.parse("2015-09-12T13:00:00.123456Z"), "en");
    StagedFile file = byBytes(List.of(event));
    List<Types.NestedField> columns = new ArrayList<>(RawEvents.EVENT_SCHEMA.columns());
    columns.replaceAll(
        column ->
            column.name().equals("subject")
                ? Types.NestedField.optional(99, "subject", Types.StringType.get())
                : column);
    Schema withNew = new Schema(columns);

    assertThat(EventReader.of(withNew, schemaOf(file)).isPresent(), is(false));
    List<Event> events = new ArrayList<>();
    try (CloseableIterable<EventBytes> read =
        Parquet.read(table.io().newInputFile(file.staged()))
            .project(withNew)
            .createReaderFunc(type -> new RecordReader(withNew, type))
            .build()) {
      read.forEach(each -> events.add(eventOf(each)));
    }
    assertThat(events, contains(event.toBuilder().subject(null).build()));
  }

  @Test
  public void leavesColumnsEmptyThatNoEventHas() throws IOException {
    table
        .updateSchema()
        .addColumn("note", Types.ListType.ofOptional(101, Types.StringType.get()))
        .commit();
    table.refresh();
    List<Event> events = generated().get(0);

    assertThat(
        records(byBytes(events), table.schema()), is(records(byRecords(events), table.schema())));
    assertThat(events(byBytes(events), EventReader.class), is(events));
  }

  @Test
  public void settingsOfTheTableCountBeforeOurs() {
    Random random = new Random(5);
    Event any = generated().get(0).get(0);
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String id = Long.toHexString(new Random(random.nextInt(50)).nextLong());
      events.add(any.toBuilder().id(id).build());
    }

    long plain = byBytes(events).dataFile(table).columnSizes().get(1);
    table.updateProperties().set("write.parquet.dict-encoding-enabled.column.id", "true").commit();
    long dictionary = byBytes(events).dataFile(table).columnSizes().get(1);

    assertThat(dictionary < plain, is(true));
  }

  @Test
  public void endsOfTimeAreKept() throws IOException {
    for (Instant time :
        List.of(TimeRange.always().start(), TimeRange.always().end().minusNanos(1))) {
      List<Event> events = List.of(event(new Random(1), 0, time, ""));

      assertThat(
          records(byBytes(events), table.schema()), is(records(byRecords(events), table.schema())));
      assertThat(events(byBytes(events), EventReader.class), is(events));
    }
  }

  private MessageType schemaOf(StagedFile file) throws IOException {
    List<MessageType> schemas = new ArrayList<>();
    try (CloseableIterable<Record> read =
        Parquet.read(table.io().newInputFile(file.staged()))
            .project(table.schema())
            .createReaderFunc(
                type -> {
                  schemas.add(type);
                  return GenericParquetReaders.buildReader(table.schema(), type);
                })
            .build()) {
      read.forEach(unused -> {});
    }
    return schemas.get(0);
  }

  private StagedFile byBytes(List<Event> events) {
    List<StagedFile> files = new ArrayList<>();
    ElementWriter<RawBlock> writer = rows.writer(table, files::add, RowSelection.ALL);
    for (int from = 0; from < events.size(); from += 100) {
      writer.add(LakeFixture.rawBlock(events.subList(from, Math.min(events.size(), from + 100))));
    }
    writer.finish();
    assertThat(files, hasSize(1));
    return files.get(0);
  }

  private StagedFile byRecords(List<Event> events) {
    List<StagedFile> files = new ArrayList<>();
    StagingWriter writer = new StagingWriter(table, Long.MAX_VALUE, files::add);
    events.forEach(event -> writer.add(record(event)));
    writer.finish();
    assertThat(files, hasSize(1));
    return files.get(0);
  }

  /** The row that an event is, said once more. */
  private Record record(Event event) {
    Record record = GenericRecord.create(table.schema());
    OffsetDateTime time = event.time().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    int nanos = event.time().getNano() % 1000;
    SchemaRef schema = event.schema();
    Lineage ingest = event.ingest();
    record.setField("id", event.id());
    record.setField("source", event.source());
    record.setField("type", event.type());
    record.setField("subject", event.subject());
    record.setField("time", time);
    record.setField("time_nanos", nanos == 0 ? null : nanos);
    record.setField("tenant", event.tenant());
    record.setField("sequence", event.sequence());
    record.setField("content_type", event.contentType());
    record.setField("data", ByteBuffer.wrap(event.data().toByteArray()));
    if (schema != null) {
      record.setField("schema_subject", schema.subject());
      record.setField("schema_version", schema.version());
    }
    if (ingest != null) {
      record.setField("ingest_time", ingest.time().atOffset(ZoneOffset.UTC));
      record.setField("origin", ingest.origin());
      record.setField("ingest_partition", ingest.partition());
      record.setField("ingest_offset", ingest.offset());
    }
    record.setField("month", time.format(DateTimeFormatter.ofPattern("uuuu-MM", Locale.ROOT)));
    record.setField("date", time.toLocalDate());
    record.setField("hour", time.getHour());
    return record;
  }

  private List<Record> records(StagedFile file, Schema schema) throws IOException {
    List<Record> records = new ArrayList<>();
    try (CloseableIterable<Record> read =
        Parquet.read(table.io().newInputFile(file.staged()))
            .project(schema)
            .createReaderFunc(type -> GenericParquetReaders.buildReader(schema, type))
            .build()) {
      read.forEach(record -> records.add(record.copy(Map.of("data", data(record)))));
    }
    return records;
  }

  private static ByteBuffer data(Record record) {
    ByteBuffer data = ((ByteBuffer) record.getField("data"));
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private List<Event> events(
      StagedFile file, Class<? extends ParquetValueReader<EventBytes>> reader) throws IOException {
    List<Event> events = new ArrayList<>();
    try (CloseableIterable<EventBytes> read = open(file, reader)) {
      read.forEach(event -> events.add(eventOf(event)));
    }
    return events;
  }

  private CloseableIterable<EventBytes> open(
      StagedFile file, Class<? extends ParquetValueReader<EventBytes>> reader) {
    Schema wanted =
        table
            .schema()
            .select(
                RawEvents.EVENT_SCHEMA.columns().stream().map(Types.NestedField::name).toList());
    return Parquet.read(table.io().newInputFile(file.staged()))
        .project(wanted)
        .createReaderFunc(
            type ->
                reader == EventReader.class
                    ? EventReader.of(wanted, type).orElseThrow()
                    : new RecordReader(wanted, type))
        .build();
  }

  private static Event eventOf(EventBytes bytes) {
    EventBlock block = new EventBlock.Builder().add(bytes).build();
    return block.iterator().next();
  }

  /** Events of partitions, every column of them with and without a value. */
  private static List<List<Event>> generated() {
    Random random = new Random(11);
    List<List<Event>> partitions = new ArrayList<>();
    for (String tenant : List.of("", "en", "../é")) {
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        long second = Instant.parse("1969-12-31T23:00:00Z").getEpochSecond() + random.nextInt(3600);
        int nanos =
            switch (i % 3) {
              case 0 -> 0;
              case 1 -> random.nextInt(1_000_000) * 1000;
              default -> random.nextInt(1_000_000_000);
            };
        events.add(event(random, i, Instant.ofEpochSecond(second, nanos), tenant));
      }
      partitions.add(events);
    }
    return partitions;
  }

  private static Event event(Random random, int number, Instant time, String tenant) {
    byte[] data = new byte[random.nextInt(60)];
    random.nextBytes(data);
    Event.Builder event =
        Event.builder()
            .id(text(random) + number)
            .source(text(random))
            .type(text(random))
            .time(time)
            .tenant(tenant)
            .contentType(text(random))
            .data(Payload.of(data));
    if (random.nextBoolean()) {
      event.subject(text(random));
    }
    if (random.nextBoolean()) {
      event.sequence(random.nextLong());
    }
    if (random.nextBoolean()) {
      event.schema(SchemaRef.of("s" + text(random), 1 + random.nextInt(1000)));
    }
    if (random.nextBoolean()) {
      event.ingest(
          Lineage.of(
              Instant.ofEpochMilli(random.nextInt()),
              text(random),
              random.nextInt(),
              random.nextLong()));
    }
    return event.build();
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
