package dev.leat.quality;

import dev.leat.block.RowBlock;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.Row;

/** Counts a bundle's rows, and emits one tally for it. */
abstract class CountRows<InputT> extends DoFn<InputT, Tally> {
  private long rows;

  @StartBundle
  public void start() {
    rows = 0;
  }

  final void count(int more) {
    rows += more;
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    context.output(Tally.ofRows(rows), GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
  }

  static final class OfRows extends CountRows<Row> {
    @ProcessElement
    public void process(@Element Row unused) {
      count(1);
    }
  }

  static final class OfBlocks extends CountRows<RowBlock> {
    @ProcessElement
    public void process(@Element RowBlock block) {
      count(block.rows().size());
    }
  }
}
