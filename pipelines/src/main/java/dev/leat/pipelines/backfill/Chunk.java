package dev.leat.pipelines.backfill;

import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.TimeRange;

/**
 * A part of a backfill that is made and committed at once: some partitions of the table, one after
 * the other.
 *
 * @param rows of the raw files that must be read for it, in its range or not
 * @param bytes of these files
 */
public record Chunk(TimeRange range, long files, long rows, long bytes) {

  static Chunk of(TimeRange range, RawScan scan) {
    long files = 0;
    long rows = 0;
    long bytes = 0;
    for (RawScan.RawFile file : scan.files()) {
      if (file.first().isBefore(range.end()) && !file.last().isBefore(range.start())) {
        files++;
        rows += file.rows();
        bytes += file.bytes();
      }
    }
    return new Chunk(range, files, rows, bytes);
  }
}
