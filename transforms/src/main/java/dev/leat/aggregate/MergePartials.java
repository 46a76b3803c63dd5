package dev.leat.aggregate;

import dev.leat.block.RowBlock;
import dev.leat.health.Counters;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;

/** Merges the partial results that the shuffle has brought together, into result rows. */
final class MergePartials extends DoFn<KV<byte[], Iterable<PartialBlock>>, RowBlock> {
  private static final Counter ROWS = Counters.counter(Counters.ROWS);

  private final Aggregation aggregation;
  private final Schema schema;
  private final boolean windowed;
  private final boolean joinSessions;

  /**
   * @param windowed whether rows have a window
   * @param joinSessions whether overlapping windows of a group become one here; a runner that
   *     windows the blocks has joined them already
   */
  MergePartials(Aggregation aggregation, boolean windowed, boolean joinSessions) {
    this.aggregation = aggregation;
    this.schema = aggregation.schema(windowed);
    this.windowed = windowed;
    this.joinSessions = joinSessions;
  }

  Schema schema() {
    return schema;
  }

  @ProcessElement
  public void process(
      @Element KV<byte[], Iterable<PartialBlock>> blocks,
      BoundedWindow window,
      OutputReceiver<RowBlock> out) {
    GroupTable merged = new GroupTable(aggregation);
    for (PartialBlock block : blocks.getValue()) {
      block.mergeInto(merged);
    }
    if (window instanceof IntervalWindow) {
      merged = inWindow(merged, (IntervalWindow) window);
    } else if (joinSessions) {
      merged = Sessions.joined(merged, aggregation);
    }
    ROWS.inc(merged.size());
    aggregation.giveRows(schema, windowed, merged, merged.size(), out::output);
  }

  /** A session that Beam has joined of several has a window that no partial result knew. */
  private GroupTable inWindow(GroupTable partials, IntervalWindow window) {
    GroupTable result = new GroupTable(aggregation);
    for (int row = 0; row < partials.size(); row++) {
      result.mergeRow(window.start().getMillis(), window.end().getMillis(), partials, row);
    }
    return result;
  }
}
