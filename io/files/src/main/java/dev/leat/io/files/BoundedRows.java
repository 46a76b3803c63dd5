package dev.leat.io.files;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.UsageException;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.joda.time.Duration;

/** The whole result as one pane, whatever windows it was made in. */
final class BoundedRows extends PTransform<PCollection<RowBlock>, PCollection<RowBlock>> {
  private static final long serialVersionUID = 1L;

  private BoundedRows() {}

  /**
   * @throws UsageException when applied to unbounded rows
   */
  static BoundedRows inOneWindow() {
    return new BoundedRows();
  }

  @Override
  public PCollection<RowBlock> expand(PCollection<RowBlock> rows) {
    if (rows.isBounded() == IsBounded.UNBOUNDED) {
      throw new UsageException(
          "files and standard output show a result when it is whole, and a live run's never is;"
              + " expected a sink that takes live rows, or a bounded source");
    }
    return rows.apply(
        Window.<RowBlock>into(new GlobalWindows())
            .triggering(DefaultTrigger.of())
            .withAllowedLateness(Duration.ZERO)
            .discardingFiredPanes());
  }
}
