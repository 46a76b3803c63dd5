package dev.leat.io.lake;

import dev.leat.io.spi.Offsets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;

/** Copies a staged file without some of its rows. */
final class RewriteFile {
  private RewriteFile() {}

  /** Writes a new staged file of those rows that are not in {@code known}; there are some. */
  static LiveFile without(Offsets known, LiveFile file, Table table) {
    Schema schema = table.schema();
    Offsets kept = new Offsets();
    List<StagedFile> written = new ArrayList<>();
    StagingWriter writer = new StagingWriter(table, Long.MAX_VALUE, written::add);
    boolean finished = false;
    try (CloseableIterable<Record> records =
        ParquetFiles.read(table.io().newInputFile(placeOf(file.file(), table)))
            .project(schema)
            .createReaderFunc(parquet -> GenericParquetReaders.buildReader(schema, parquet))
            .build()) {
      for (Record record : records) {
        String origin = record.getField("origin").toString();
        int partition = (Integer) record.getField("ingest_partition");
        long offset = (Long) record.getField("ingest_offset");
        if (!known.contains(origin, partition, offset)) {
          kept.add(origin, partition, offset);
          writer.add(record);
        }
      }
      writer.finish();
      finished = true;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file.file().staged(), e);
    } finally {
      if (!finished) {
        writer.abandon();
      }
    }
    return LiveFile.of(file.kind(), written.get(0), kept);
  }

  /**
   * Where the file lies now.
   *
   * @throws IllegalStateException if it is gone
   */
  static String placeOf(StagedFile file, Table table) {
    if (!(table.io() instanceof LocalFiles)) {
      return file.location();
    }
    for (String place : List.of(file.staged(), file.location())) {
      if (Files.exists(LocalFiles.path(place))) {
        return place;
      }
    }
    throw new IllegalStateException(
        file.staged()
            + ": is gone, and its rows are not in the table: staged files were swept that are"
            + " younger than the checkpoint this job was restored from. Start it afresh, without"
            + " the checkpoint: it then reads on from what the table has");
  }
}
