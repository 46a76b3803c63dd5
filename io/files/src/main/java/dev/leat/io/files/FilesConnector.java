package dev.leat.io.files;

import dev.leat.io.spi.Connector;
import dev.leat.io.spi.ConnectorUri;
import dev.leat.io.spi.Source;
import dev.leat.io.spi.SourceRequest;
import dev.leat.io.spi.UsageException;
import java.util.Set;

/**
 * {@code files:///dir/*.jsonl.gz}: dropped files as records.
 *
 * <p>The place is a file or a glob ({@code *}, {@code **}, {@code ?}, {@code {a,b}}) on any file
 * system that Beam knows; {@link FileListing} says what matches. Names ending in {@code .gz} and
 * {@code .zst} are decompressed. {@link SourceRequest#format()} says how records are cut:
 *
 * <ul>
 *   <li>JSONL, TEXT: lines ({@code LF} or {@code CRLF}), the last one with or without its end.
 *       JSONL lines of white space are no records and are counted nowhere.
 *   <li>CSV: RFC 4180 records, their exact bytes without the line end; empty lines are no records.
 *   <li>JSON: the elements of one array, or the one document.
 * </ul>
 *
 * <p>The offset of a record is the line on which it begins, or the element's place in the array,
 * from 1. A UTF-8 byte order mark at the beginning of a file is dropped. What cannot be cut costs
 * one record with a problem, never the run.
 *
 * <p>{@code maxRecordBytes} (default 16777216; 1024 to 67108864): a longer record becomes a problem
 * with its first 65536 bytes.
 */
public final class FilesConnector implements Connector {
  static final int DEFAULT_MAX_RECORD_BYTES = 16 << 20;
  private static final int LEAST_MAX_RECORD_BYTES = 1 << 10;
  private static final int MOST_MAX_RECORD_BYTES = 64 << 20;

  @Override
  public Set<String> schemes() {
    return Set.of("files");
  }

  @Override
  public Source source(ConnectorUri uri, SourceRequest request) {
    uri.allowParameters(Set.of("maxRecordBytes"));
    RecordScan scan = new RecordScan(request.format(), maxRecordBytes(uri));
    return new ListedFiles(FileListing.of(uri), scan);
  }

  private static int maxRecordBytes(ConnectorUri uri) {
    String given = uri.parameter("maxRecordBytes").orElse("" + DEFAULT_MAX_RECORD_BYTES);
    int bytes;
    try {
      bytes = Integer.parseInt(given);
    } catch (NumberFormatException e) {
      bytes = 0;
    }
    if (bytes < LEAST_MAX_RECORD_BYTES || bytes > MOST_MAX_RECORD_BYTES) {
      throw new UsageException(
          "maxRecordBytes: expected "
              + LEAST_MAX_RECORD_BYTES
              + " to "
              + MOST_MAX_RECORD_BYTES
              + ", got "
              + given);
    }
    return bytes;
  }
}
