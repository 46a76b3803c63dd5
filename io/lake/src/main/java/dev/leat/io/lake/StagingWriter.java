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
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of one partition to Parquet files under new names, a further one whenever the
 * target size is reached. On a local disk they lie in the table's {@code staging} folder, as {@code
 * .tmp}, until a {@link Publication} moves them: a plain Parquet reader never meets half a file.
 */
final class StagingWriter {
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

  private @Nullable FileAppender<Record> appender;
  private String staged = "";
  private String location = "";
  private long rows;

  StagingWriter(Table table, long targetBytes, Consumer<StagedFile> output) {
    this(table, targetBytes, output, Map.of());
  }

  /**
   * @param metadata for the footer of every file
   */
  StagingWriter(
      Table table, long targetBytes, Consumer<StagedFile> output, Map<String, String> metadata) {
    this.table = table;
    this.targetBytes = targetBytes;
    this.output = output;
    this.metadata = metadata;
    this.partition = new PartitionKey(table.spec(), table.schema());
    this.wrapper = new InternalRecordWrapper(table.schema().asStruct());
  }

  void add(Record record) {
    if (appender == null) {
      partition.partition(wrapper.wrap(record));
      appender = open();
      rows = 0;
    }
    appender.add(record);
    if (++rows % ROWS_BETWEEN_CHECKS == 0 && appender.length() >= targetBytes) {
      finish();
    }
  }

  /** Completes the open file, if there is one. */
  void finish() {
    FileAppender<Record> finished = appender;
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
  void abandon() {
    FileAppender<Record> abandoned = appender;
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

  private FileAppender<Record> open() {
    String name = UUID.randomUUID() + ".parquet";
    String folder = PartitionPath.of(table.spec(), partition);
    location =
        table.locationProvider().newDataLocation(folder.isEmpty() ? name : folder + "/" + name);
    staged = Staging.place(table, name, location);
    try {
      Parquet.WriteBuilder builder =
          Parquet.write(table.io().newOutputFile(staged))
              .forTable(table)
              .createWriterFunc(GenericParquetWriter::create);
      metadata.forEach(builder::meta);
      return builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create " + staged, e);
    }
  }
}
