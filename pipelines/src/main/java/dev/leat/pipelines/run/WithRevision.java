package dev.leat.pipelines.run;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.LiveRows;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** Rows that never change, as rows of a live run: each is its own first revision. */
final class WithRevision extends PTransform<PCollection<RowBlock>, PCollection<RowBlock>> {
  private static final long serialVersionUID = 1L;

  private final Schema live;

  /**
   * @param rows the columns without the revision
   */
  WithRevision(Schema rows) {
    this.live = LiveRows.schema(rows);
  }

  @Override
  public PCollection<RowBlock> expand(PCollection<RowBlock> rows) {
    return rows.apply("Add", ParDo.of(new Add(live))).setCoder(RowBlockCoder.of(live));
  }

  private static final class Add extends DoFn<RowBlock, RowBlock> {
    private static final long serialVersionUID = 1L;

    private final Schema live;

    Add(Schema live) {
      this.live = live;
    }

    @ProcessElement
    public void process(@Element RowBlock block, OutputReceiver<RowBlock> out) {
      List<Row> rows = new ArrayList<>();
      for (Row row : block) {
        List<@Nullable Object> values = new ArrayList<>(row.getValues());
        values.add(1L);
        rows.add(Row.withSchema(live).attachValues(values));
      }
      out.output(RowBlock.of(rows));
    }
  }
}
