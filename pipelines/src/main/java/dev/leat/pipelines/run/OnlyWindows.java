package dev.leat.pipelines.run;

import dev.leat.aggregate.Aggregation;
import dev.leat.block.RowBlock;
import dev.leat.health.Counters;
import dev.leat.io.spi.TimeRanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;

/**
 * Keeps the rows whose windows start at certain times. The others are made of a part of their
 * events, which had to be read for those that are kept, and are not counted.
 */
final class OnlyWindows extends DoFn<RowBlock, RowBlock> {
  private static final long serialVersionUID = 1L;
  private static final Counter ROWS = Counters.counter(Counters.ROWS);

  private final TimeRanges starts;

  OnlyWindows(TimeRanges starts) {
    this.starts = starts;
  }

  @ProcessElement
  public void process(@Element RowBlock block, OutputReceiver<RowBlock> out) {
    List<Row> kept = new ArrayList<>();
    int all = 0;
    for (Row row : block) {
      all++;
      ReadableInstant start = row.getDateTime(Aggregation.WINDOW_START);
      if (start != null && starts.contains(Instant.ofEpochMilli(start.getMillis()))) {
        kept.add(row);
      }
    }
    ROWS.dec(all - kept.size());
    if (!kept.isEmpty()) {
      out.output(RowBlock.of(kept));
    }
  }
}
