package dev.leat.io.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of one partition to Parquet files under new names, a further one whenever the
 * target size is reached. On a local disk they lie in the table's {@code staging} folder, as {@code
 * .tmp}, until a {@link Publication} moves them: a plain Parquet reader never meets half a file.
 */
abstract class PartitionWriter<R> {
  /** Bytes on disk at which a further file is begun. */
  static final long TARGET_BYTES = 64L << 20;

  /** Asking a writer for its length walks all its columns, so it is asked now and then. */
  private static final int ROWS_BETWEEN_CHECKS = 1000;

  private final Table table;
  private final long targetBytes;
  private final Consumer<StagedFile> output;
  private final Map<String, String> metadata;
  private final PartitionKey partition;
  private final InternalRecordWrapper wrapper;

  private @Nullable FileAppender<R> appender;
  private String staged = "";
  private String location = "";
  private long rows;

  /**
   * @param metadata for the footer of every file
   */
  PartitionWriter(
      Table table, long targetBytes, Consumer<StagedFile> output, Map<String, String> metadata) {
    this.table = table;
    this.targetBytes = targetBytes;
    this.output = output;
    this.metadata = metadata;
    this.partition = new PartitionKey(table.spec(), table.schema());
    this.wrapper = new InternalRecordWrapper(table.schema().asStruct());
  }

  /** A record with at least what the row's partition follows from. */
  abstract Record partitioned(R row);

  /** What writes rows to the columns of a file. */
  abstract ParquetValueWriter<R> columns(Schema schema, MessageType type);

  /** Settings of the files where the table has none. */
  Map<String, String> settings() {
    return Map.of();
  }

  final void add(R row) {
    FileAppender<R> current = appender;
    if (current == null) {
      partition.partition(wrapper.wrap(partitioned(row)));
      current = open();
      appender = current;
      rows = 0;
    }
    current.add(row);
    if (++rows % ROWS_BETWEEN_CHECKS == 0 && current.length() >= targetBytes) {
      finish();
    }
  }

  /** Completes the open file, if there is one. */
  final void finish() {
    FileAppender<R> finished = appender;
    if (finished == null) {
      return;
    }
    try {
      finished.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + staged, e);
    }
    appender = null;
    DataFile file =
        DataFiles.builder(table.spec())
            .withPath(location)
            .withFormat(FileFormat.PARQUET)
            .withPartition(partition.copy())
            .withFileSizeInBytes(finished.length())
            .withMetrics(finished.metrics())
            .withSplitOffsets(finished.splitOffsets())
            .build();
    output.accept(StagedFile.of(staged, file, table));
  }

  /** Throws the open file away, if there is one. */
  final void abandon() {
    FileAppender<R> abandoned = appender;
    if (abandoned == null) {
      return;
    }
    appender = null;
    try {
      abandoned.close();
    } catch (IOException | RuntimeException e) {
      // It is incomplete in any case.
    }
    Staging.deleteQuietly(table.io(), staged);
  }

  private FileAppender<R> open() {
    String name = UUID.randomUUID() + ".parquet";
    String folder = PartitionPath.of(table.spec(), partition);
    location =
        table.locationProvider().newDataLocation(folder.isEmpty() ? name : folder + "/" + name);
    staged = Staging.place(table, name, location);
    try {
      Parquet.WriteBuilder builder =
          ParquetFiles.write(table.io().newOutputFile(staged)).setAll(settings()).forTable(table);
      builder.createWriterFunc(this::columns);
      metadata.forEach(builder::meta);
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create " + staged, e);
    }
  }
}
