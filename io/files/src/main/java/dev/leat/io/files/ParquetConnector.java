package dev.leat.io.files;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.InputFile;
import dev.leat.io.spi.RecordFormat;
import dev.leat.io.spi.RowSink;
import dev.leat.io.spi.SinkRequest;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UnreachableException;
import dev.leat.io.spi.UsageException;
import java.util.List;
import java.util.Set;

/**
 * {@code parquet:///dir}: Parquet files as records, and rows as Parquet files.
 *
 * <p><b>Source.</b> A folder (all {@code *.parquet} beneath), a file, or a glob. Each row is a
 * record, a JSON object as {@link ParquetJson} writes it; its offset is the row's number in the
 * file, from 1. Folders named {@code key=value} anywhere above a file are columns of its rows, as
 * text, unless the file has a column of that name. A file that is not Parquet, or breaks off, costs
 * one problem after the rows before it.
 *
 * <p><b>Sink.</b> The part files of a {@link FolderSink}, compressed with Zstandard, as {@link
 * ParquetRows} lays them out; {@code partition=date} puts rows into Hive-style folders {@code
 * date=2015-09-12} by the UTC day of their {@code window_start}.
 *
 * <p>Both on Parquet's own reader and writer instead of Beam's ParquetIO: that one hands out rows
 * without their file and number, which lineage needs, and goes through Avro, which has no names
 * with spaces, no nanoseconds and no INT96.
 */
public final class ParquetConnector implements Connector {
  @Override
  public Set<String> schemes() {
    return Set.of("parquet");
  }

  @Override
  public Source source(ConnectorUri uri, SourceRequest request) {
    uri.allowParameters(Set.of());
    if (request.format() != RecordFormat.JSONL && request.format() != RecordFormat.JSON) {
      throw new UsageException(
          uri + ": its rows are JSON objects; expected format jsonl, got " + request.format());
    }
    ParquetScan scan = new ParquetScan(FilesConnector.DEFAULT_MAX_RECORD_BYTES);
    return new ListedFiles(list(uri), scan);
  }

  private static List<InputFile> list(ConnectorUri uri) {
    String spec = FileListing.specOf(uri);
    if (FileListing.isGlob(spec) || !FileListing.matching(uri, spec).isEmpty()) {
      return FileListing.of(uri);
    }
    // An object store has no folders to ask for, only names that begin with one.
    List<InputFile> files = FileListing.matching(uri, withoutEndSlash(spec) + "/**.parquet");
    if (files.isEmpty()) {
      throw new UnreachableException(
          uri + ": no such file, and no *.parquet beneath such a folder");
    }
    return files;
  }

  private static String withoutEndSlash(String spec) {
    return spec.endsWith("/") ? spec.substring(0, spec.length() - 1) : spec;
  }

  @Override
  public RowSink sink(ConnectorUri uri, SinkRequest request) {
    uri.allowParameters(Set.of("partition"));
    RowPartition partition = partition(uri);
    if (!partition.isIn(request.schema())) {
      throw new UsageException(
          uri
              + ": partition=date needs rows with a "
              + RowPartition.WINDOW_START
              + "; expected a workflow with a window, or no partition");
    }
    if (partition == RowPartition.DATE && request.schema().hasField("date")) {
      throw new UsageException(
          uri + ": partition=date makes a column 'date', and the rows have one already");
    }
    return FolderSink.to(uri, request, new ParquetRows(), partition);
  }

  private static RowPartition partition(ConnectorUri uri) {
    String given = uri.parameter("partition").orElse("");
    return switch (given) {
      case "" -> RowPartition.NONE;
      case "date" -> RowPartition.DATE;
      default -> throw new UsageException("partition: expected date, got " + given);
    };
  }
}
