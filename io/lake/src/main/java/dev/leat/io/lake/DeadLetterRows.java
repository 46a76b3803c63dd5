package dev.leat.io.lake;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import dev.leat.deadletter.DeadLetter;
import dev.leat.event.Lineage;
import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Types;

/** Dead letters as rows of the table beside the raw one, partitioned by the date of ingest. */
record DeadLetterRows(LakeTable name) implements TableRows<DeadLetter> {
  private static final long serialVersionUID = 1L;

  /** How often the record was replayed before; absent in the rows of a Leat without replay. */
  static final String ATTEMPT = "attempt";

  private static final int ATTEMPTS = 20;

  private static final Schema SCHEMA =
      new Schema(
          required(1, "data", Types.BinaryType.get()),
          required(2, "reason", Types.StringType.get()),
          required(3, "detail", Types.StringType.get()),
          required(4, "step", Types.StringType.get()),
          optional(5, "ingest_time", Types.TimestampType.withZone()),
          optional(6, "origin", Types.StringType.get()),
          optional(7, "ingest_partition", Types.IntegerType.get()),
          optional(8, "ingest_offset", Types.LongType.get()),
          optional(9, ATTEMPT, Types.IntegerType.get()));

  @Override
  public Table prepare(Warehouse warehouse) {
    Table table =
        warehouse.findOrCreate(
            name,
            new TableDefinition(
                SCHEMA,
                PartitionSpec.builderFor(SCHEMA).day("ingest_time", "date").build(),
                Map.of(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "data", "none")));
    for (int attempt = 1; table.schema().findField(ATTEMPT) == null; attempt++) {
      try {
        table.updateSchema().addColumn(ATTEMPT, Types.IntegerType.get()).commit();
      } catch (CommitFailedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        // Another writer was faster, perhaps with the same change.
        table.refresh();
      }
    }
    return table;
  }

  /** The day of ingest, which is the partition. */
  static String partitionOf(DeadLetter letter) {
    Lineage ingest = letter.ingest();
    return ingest == null ? "" : ingest.time().atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  @Override
  public RecordsOf<DeadLetter> records(Table table) {
    GenericRecord record = GenericRecord.create(table.schema());
    return (letter, output) -> {
      Lineage ingest = letter.ingest();
      record.setField("data", ByteBuffer.wrap(letter.data().toByteArray()));
      record.setField("reason", letter.reason().code());
      record.setField("detail", letter.detail());
      record.setField("step", letter.step());
      record.setField(
          "ingest_time", ingest == null ? null : ingest.time().atOffset(ZoneOffset.UTC));
      record.setField("origin", ingest == null ? null : ingest.origin());
      record.setField("ingest_partition", ingest == null ? null : ingest.partition());
      record.setField("ingest_offset", ingest == null ? null : ingest.offset());
      record.setField(ATTEMPT, letter.attempt());
      output.accept(record);
    };
  }
}
