package dev.leat.pipelines.backfill;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import com.google.common.collect.ImmutableList;
import dev.leat.io.lake.RawScan;
import dev.leat.io.spi.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

public class ChunksTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  public void gathersDaysUntilTheyHaveEnoughRows() {
    RawScan scan = scan(file(0, 1, 40), file(1, 2, 40), file(2, 3, 40), file(3, 4, 90));

    assertThat(told(Chunks.of(days(4), scan, 100)), contains("0-2 80", "2-3 40", "3-4 90"));
    assertThat(told(Chunks.of(days(4), scan, 1000)), contains("0-4 210"));
    assertThat(told(Chunks.of(days(4), scan, 1)), contains("0-1 40", "1-2 40", "2-3 40", "3-4 90"));
  }

  @Test
  public void cutsBesideFilesThatLieInTwoDaysIfItCan() {
    RawScan scan = scan(file(0, 1, 40), file(1, 3, 80), file(3, 4, 40));

    // After day 2 it would be full, but the second file lies on both sides of that.
    assertThat(told(Chunks.of(days(4), scan, 100)), contains("0-1 40", "1-3 80", "3-4 40"));
  }

  @Test
  public void readsAFileTwiceWhereNoCutIsBesideAllFiles() {
    RawScan scan = scan(file(0, 4, 400));

    assertThat(told(Chunks.of(days(4), scan, 250)), contains("0-2 400", "2-4 400"));
  }

  @Test
  public void daysWithoutEventsAreInAChunkToo() {
    RawScan scan = scan(file(1, 2, 40));

    assertThat(told(Chunks.of(days(4), scan, 10)), contains("0-1 0", "1-4 40"));
    assertThat(Chunks.rowsOf(days(4), scan)[0], is(0.0));
  }

  @Test
  public void spreadsTheRowsOfAFileOverItsTime() {
    double[] rows = Chunks.rowsOf(days(4), scan(file(0, 4, 400), file(1, 2, 7)));

    assertThat(rows[0], closeTo(100, 0.1));
    assertThat(rows[1], closeTo(107, 0.1));
    assertThat(rows[3], closeTo(100, 0.1));
  }

  private static List<String> told(List<Chunk> chunks) {
    List<String> told = new ArrayList<>();
    for (Chunk chunk : chunks) {
      told.add(
          Duration.between(START, chunk.range().start()).toDays()
              + "-"
              + Duration.between(START, chunk.range().end()).toDays()
              + " "
              + chunk.rows());
    }
    return told;
  }

  private static List<TimeRange> days(int count) {
    List<TimeRange> days = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      days.add(TimeRange.of(day(i), day(i + 1)));
    }
    return days;
  }

  private static Instant day(int number) {
    return START.plus(Duration.ofDays(number));
  }

  private static RawScan.RawFile file(int firstDay, int endDay, long rows) {
    return new RawScan.RawFile(
        "file-" + firstDay, rows, rows * 10, day(firstDay), day(endDay).minusMillis(1));
  }

  private static RawScan scan(RawScan.RawFile... files) {
    return new RawScan(1, ImmutableList.copyOf(files));
  }
}
