package dev.leat.io.lake;

import dev.leat.deadletter.DeadLetter;
import dev.leat.deadletter.DeadLetterCoder;
import dev.leat.deadletter.Reason;
import dev.leat.event.Lineage;
import dev.leat.event.Payload;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters that a table holds, whole: of the table beside a raw one, or beside the result
 * of a run. One snapshot is read, chosen when it is opened; {@code snapshot=} names another than
 * the current one.
 */
public final class StoredLetters {
  private static final Set<String> NEEDED = Set.of("data", "reason", "detail", "step");
  private static final List<String> COLUMNS =
      List.of(
          "data",
          "reason",
          "detail",
          "step",
          "ingest_time",
          "origin",
          "ingest_partition",
          "ingest_offset",
          DeadLetterRows.ATTEMPT);

  private final LakeTable name;
  private final String schema;
  private final List<String> files;

  private StoredLetters(LakeTable name, String schema, List<String> files) {
    this.name = name;
    this.schema = schema;
    this.files = files;
  }

  /**
   * Opens a table if it is one of dead letters; empty if it is another.
   *
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   * @throws UsageException if it has no such version
   */
  public static Optional<StoredLetters> find(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog", "snapshot"));
    LakeTable name = LakeTable.parse(uri);
    try (Warehouse.OpenTable open = Warehouse.openTable(name)) {
      Table table = open.table();
      for (String column : NEEDED) {
        if (table.schema().findField(column) == null) {
          return Optional.empty();
        }
      }
      if (!table.schema().findType("data").equals(Types.BinaryType.get())) {
        return Optional.empty();
      }
      Schema columns = table.schema().select(COLUMNS);
      return Optional.of(new StoredLetters(name, SchemaParser.toJson(columns), files(uri, table)));
    }
  }

  private static List<String> files(ConnectorUri uri, Table table) {
    List<String> files = new ArrayList<>();
    Snapshot snapshot = LakeSource.snapshot(uri, table);
    if (snapshot == null) {
      return files;
    }
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty()) {
          throw new UsageException(
              uri
                  + ": snapshot "
                  + snapshot.snapshotId()
                  + " has rows deleted one by one; rewrite its data files first");
        }
        files.add(task.file().location());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a read of " + table.name(), e);
    }
    return files;
  }

  /** All of them, in no order. */
  public PTransform<PBegin, PCollection<DeadLetter>> read() {
    return new Read(files, new ReadLetters(name, schema));
  }

  private static final class Read extends PTransform<PBegin, PCollection<DeadLetter>> {
    private static final long serialVersionUID = 1L;

    private final transient List<String> files;
    private final ReadLetters reader;

    Read(List<String> files, ReadLetters reader) {
      this.files = files;
      this.reader = reader;
    }

    @Override
    public PCollection<DeadLetter> expand(PBegin input) {
      return input
          .apply("Files", Create.of(files).withCoder(StringUtf8Coder.of()))
          .apply("Spread", Reshuffle.viaRandomKey())
          .apply("Read", ParDo.of(reader))
          .setCoder(DeadLetterCoder.of());
    }
  }

  private static final class ReadLetters extends DoFn<String, DeadLetter> {
    private static final long serialVersionUID = 1L;

    private final LakeTable name;
    private final String schema;
    private transient Warehouse.@Nullable OpenTable open;

    ReadLetters(LakeTable name, String schema) {
      this.name = name;
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element String file, OutputReceiver<DeadLetter> output)
        throws IOException {
      Warehouse.OpenTable table = open;
      if (table == null) {
        table = Warehouse.openTable(name);
        open = table;
      }
      Schema columns = SchemaParser.fromJson(schema);
      try (CloseableIterable<Record> records =
          ParquetFiles.read(table.table().io().newInputFile(file))
              .project(columns)
              .createReaderFunc(parquet -> GenericParquetReaders.buildReader(columns, parquet))
              .build()) {
        for (Record record : records) {
          output.output(letter(record));
        }
      }
    }

    private static DeadLetter letter(Record record) {
      ByteBuffer data = (ByteBuffer) record.getField("data");
      byte[] bytes = new byte[data.remaining()];
      data.duplicate().get(bytes);
      DeadLetter letter =
          DeadLetter.of(
              Payload.takingOver(bytes),
              Reason.ofCode(record.getField("reason").toString()),
              record.getField("detail").toString(),
              record.getField("step").toString(),
              lineage(record));
      return record.getField(DeadLetterRows.ATTEMPT) instanceof Integer attempt
          ? letter.withAttempt(attempt)
          : letter;
    }

    /** Beside the result of a run the time of ingest is not kept. */
    private static @Nullable Lineage lineage(Record record) {
      return record.getField("origin") instanceof String origin
              && record.getField("ingest_partition") instanceof Integer partition
              && record.getField("ingest_offset") instanceof Long offset
          ? Lineage.of(
              record.getField("ingest_time") instanceof OffsetDateTime time
                  ? time.toInstant()
                  : Instant.EPOCH,
              origin,
              partition,
              offset)
          : null;
    }

    @Teardown
    public void close() {
      if (open != null) {
        open.close();
      }
    }
  }
}
