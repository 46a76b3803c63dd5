package dev.leat.pipelines.backfill;

import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts partitions into chunks of about so many raw rows, so that what is at work at once, and what
 * is lost when a run dies, is bounded. It cuts where no raw file lies on both sides if it can:
 * another cut has that file read twice.
 */
final class Chunks {
  private final List<TimeRange> partitions;
  private final RawScan scan;
  private final double[] rows;
  private final boolean[] straddled;

  private Chunks(List<TimeRange> partitions, RawScan scan) {
    this.partitions = partitions;
    this.scan = scan;
    this.rows = new double[partitions.size()];
    this.straddled = new boolean[partitions.size() + 1];
    scan.files().forEach(this::spread);
  }

  /**
   * @param partitions that follow one another without a gap
   * @param most raw rows of a chunk, unless one partition has more
   */
  static List<Chunk> of(List<TimeRange> partitions, RawScan scan, long most) {
    return new Chunks(partitions, scan).cut(most);
  }

  /** How many rows each partition has, if those of a file are spread evenly over its time. */
  static double[] rowsOf(List<TimeRange> partitions, RawScan scan) {
    return new Chunks(partitions, scan).rows;
  }

  private void spread(RawScan.RawFile file) {
    double length = millis(file.first(), file.last()) + 1;
    int first = indexOf(file.first());
    int last = indexOf(file.last());
    for (int i = first; i <= last; i++) {
      TimeRange partition = partitions.get(i);
      Instant from = later(file.first(), partition.start());
      Instant to = partition.end().isBefore(file.last()) ? partition.end() : file.last();
      // The last millisecond belongs to the file's last partition.
      double share = (millis(from, to) + (i == last ? 1 : 0)) / length;
      rows[i] += file.rows() * Math.max(0, share);
      if (i > first) {
        straddled[i] = true;
      }
    }
  }

  private List<Chunk> cut(long most) {
    List<Chunk> chunks = new ArrayList<>();
    int begin = 0;
    int clean = 0;
    double gathered = 0;
    for (int i = 0; i < partitions.size(); i++) {
      if (!straddled[i]) {
        clean = i;
      }
      if (i > begin && rows[i] > 0 && gathered + rows[i] > most) {
        int end = clean > begin ? clean : i;
        chunks.add(chunk(begin, end));
        begin = end;
        gathered = sum(begin, i);
      }
      gathered += rows[i];
    }
    if (begin < partitions.size()) {
      chunks.add(chunk(begin, partitions.size()));
    }
    return chunks;
  }

  private Chunk chunk(int begin, int end) {
    return Chunk.of(
        TimeRange.of(partitions.get(begin).start(), partitions.get(end - 1).end()), scan);
  }

  private double sum(int begin, int end) {
    double sum = 0;
    for (int i = begin; i < end; i++) {
      sum += rows[i];
    }
    return sum;
  }

  /** The partition of a time; the first or last for one outside. */
  private int indexOf(Instant time) {
    int low = 0;
    int high = partitions.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (time.isBefore(partitions.get(middle).end())) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isBefore(b) ? b : a;
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }
}
