package dev.leat.io.lake;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import dev.leat.event.Event;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.event.SchemaRef;
import dev.leat.io.spi.UsageException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Events as rows of the raw table, and back.
 *
 * <p>{@code time} is in microseconds, which is what Parquet readers agree on; what an event's time
 * has below that stands in {@code time_nanos} (0 to 999, absent if 0), so that nothing is lost. The
 * payload is binary, untouched: {@code decode(data)} is its text in DuckDB, {@code cast(data as
 * string)} in Spark, {@code from_utf8(data)} in Trino. Derived fields are not stored.
 */
record RawEvents(LakeTable name, List<RawPartition> partitions) implements TableRows<RawBlock> {
  private static final long serialVersionUID = 1L;

  private static final List<Types.NestedField> EVENT =
      List.of(
          required(1, "id", Types.StringType.get()),
          required(2, "source", Types.StringType.get()),
          required(3, "type", Types.StringType.get()),
          optional(4, "subject", Types.StringType.get()),
          required(5, "time", Types.TimestampType.withZone()),
          optional(6, "time_nanos", Types.IntegerType.get()),
          required(7, "tenant", Types.StringType.get()),
          optional(8, "sequence", Types.LongType.get()),
          optional(9, "schema_subject", Types.StringType.get()),
          optional(10, "schema_version", Types.IntegerType.get()),
          required(11, "content_type", Types.StringType.get()),
          required(12, "data", Types.BinaryType.get()),
          optional(13, "ingest_time", Types.TimestampType.withZone()),
          optional(14, "origin", Types.StringType.get()),
          optional(15, "ingest_partition", Types.IntegerType.get()),
          optional(16, "ingest_offset", Types.LongType.get()));

  /** The columns that an event is made of, without those that only partition. */
  static final Schema EVENT_SCHEMA = new Schema(EVENT);

  @Override
  public Table prepare(Warehouse warehouse) {
    Table table = warehouse.findOrCreate(name, definition());
    List<RawPartition> actual = partitionsOf(name, table);
    if (!actual.equals(partitions)) {
      throw partitionedOtherwise(name, actual, partitions);
    }
    return table;
  }

  /** Whether a table is a raw table, by its columns. */
  static boolean isIn(Table table) {
    return EVENT.stream().allMatch(column -> isColumn(column, table));
  }

  private static boolean isColumn(Types.NestedField column, Table table) {
    Types.NestedField existing = table.schema().findField(column.name());
    return existing != null && existing.type().equals(column.type());
  }

  /**
   * What a raw table is partitioned by.
   *
   * @throws UsageException if the table is none
   */
  static List<RawPartition> partitionsOf(LakeTable name, Table table) {
    for (Types.NestedField column : EVENT) {
      if (!isColumn(column, table)) {
        throw new UsageException(
            name
                + ": is no raw table of events, it has no column '"
                + column.name()
                + "' of type "
                + column.type());
      }
    }
    return RawPartition.of(table.spec())
        .orElseThrow(
            () ->
                new UsageException(
                    name
                        + ": is partitioned by "
                        + table.spec()
                        + ", expected some of month,date,hour,tenant"));
  }

  static UsageException partitionedOtherwise(
      LakeTable name, List<RawPartition> actual, List<RawPartition> asked) {
    return new UsageException(
        name
            + ": partition: the table is partitioned by "
            + RawPartition.list(actual)
            + ", got "
            + RawPartition.list(asked));
  }

  TableDefinition definition() {
    List<Types.NestedField> columns = new ArrayList<>(EVENT);
    int id = EVENT.size();
    for (RawPartition partition : partitions) {
      if (partition != RawPartition.TENANT) {
        columns.add(required(++id, partition.column(), partition.type()));
      }
    }
    Schema schema = new Schema(columns);
    PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
    partitions.forEach(partition -> spec.identity(partition.column()));
    return new TableDefinition(
        schema,
        spec.build(),
        // Bounds of payloads prune nothing and would copy pieces of them into the metadata. Bounds
        // of origins would be 16 bytes, which the paths or topics of a lake have in common.
        Map.of(
            TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "data",
            "none",
            TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "origin",
            "none"));
  }

  @Override
  public ElementWriter<RawBlock> writer(
      Table table, Consumer<StagedFile> output, RowSelection selection) {
    return new RawWriter(table, partitions, output, selection);
  }

  /** An event from a record of {@link #EVENT_SCHEMA}, or of a part of it. */
  static Event toEvent(Record record) {
    Event.Builder event =
        Event.builder()
            .id(record.getField("id").toString())
            .source(record.getField("source").toString())
            .type(record.getField("type").toString())
            .subject((@Nullable String) record.getField("subject"))
            .time(timeOf(record))
            .tenant(record.getField("tenant").toString())
            .sequence((@Nullable Long) record.getField("sequence"))
            .contentType(record.getField("content_type").toString());
    if (record.getField("data") instanceof ByteBuffer data) {
      byte[] bytes = new byte[data.remaining()];
      data.duplicate().get(bytes);
      event.data(Payload.takingOver(bytes));
    }
    if (record.getField("schema_subject") instanceof String subject
        && record.getField("schema_version") instanceof Integer version) {
      event.schema(SchemaRef.of(subject, version));
    }
    if (record.getField("ingest_time") instanceof OffsetDateTime time
        && record.getField("origin") instanceof String origin
        && record.getField("ingest_partition") instanceof Integer partition
        && record.getField("ingest_offset") instanceof Long offset) {
      event.ingest(Lineage.of(time.toInstant(), origin, partition, offset));
    }
    return event.build();
  }

  /** As the column has it: {@code 2015-09}. */
  static String month(OffsetDateTime time) {
    return RawPartition.month(time.toLocalDate());
  }

  static Instant timeOf(Record record) {
    Instant time = ((OffsetDateTime) record.getField("time")).toInstant();
    return record.getField("time_nanos") instanceof Integer nanos ? time.plusNanos(nanos) : time;
  }
}
