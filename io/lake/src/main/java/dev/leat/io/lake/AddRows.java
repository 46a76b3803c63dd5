package dev.leat.io.lake;

import dev.leat.block.RowBlock;
import dev.leat.block.RowBlockCoder;
import dev.leat.io.spi.LiveRows;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;

/**
 * Adds bounded rows to a table, by the same comparison with what is there as those of live runs.
 */
final class AddRows extends PTransform<PCollection<RowBlock>, PDone> {
  private static final long serialVersionUID = 1L;

  private final RowTarget target;

  AddRows(RowTarget target) {
    this.target = target;
  }

  @Override
  public PDone expand(PCollection<RowBlock> input) {
    RowBlockCoder coder = RowBlockCoder.of(LiveRows.schema(target.rows().rows()));
    input
        .apply("All rows", Window.<RowBlock>into(new GlobalWindows()))
        .apply("One writer", WithKeys.of(target.rows().name().toString()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), coder))
        .apply("Gather", GroupByKey.create())
        .apply("Add", ParDo.of(new Add(target)));
    return PDone.in(input.getPipeline());
  }

  private static final class Add extends DoFn<KV<String, Iterable<RowBlock>>, Void> {
    private static final long serialVersionUID = 1L;

    /** Rows in memory; more are committed in parts. */
    private static final int MAX_ROWS = 200_000;

    private final RowTarget target;

    Add(RowTarget target) {
      this.target = target;
    }

    @ProcessElement
    public void process(@Element KV<String, Iterable<RowBlock>> rows) {
      RowBatch batch = new RowBatch(RowKey.of(target));
      try (RowTable table = new RowTable(target)) {
        for (RowBlock block : rows.getValue()) {
          for (Row row : block) {
            batch.add(row);
          }
          if (batch.size() >= MAX_ROWS) {
            table.commit(batch);
            batch.clear();
          }
        }
        if (batch.size() > 0) {
          table.commit(batch);
        }
      }
    }
  }
}
