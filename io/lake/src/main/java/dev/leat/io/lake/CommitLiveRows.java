package dev.leat.io.lake;

import dev.leat.block.RowBlock;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Commits the rows of each bundle, which on Flink are those of a checkpoint.
 *
 * <p>Nothing rests on that: rows that come again, in other bundles or after newer ones, change
 * nothing (see {@link RowTable}). Stable input only keeps the table from showing results that a
 * restart would compute again with other panes.
 */
final class CommitLiveRows extends DoFn<KV<String, Iterable<RowBlock>>, Void> {
  private static final long serialVersionUID = 1L;

  /** Rows in memory; a bundle that has more is committed in parts. */
  private static final int MAX_ROWS = 200_000;

  private final RowTarget target;
  private transient @Nullable RowTable table;
  private transient @Nullable RowBatch batch;

  CommitLiveRows(RowTarget target) {
    this.target = target;
  }

  @StartBundle
  public void start() {
    batch = new RowBatch(RowKey.of(target));
  }

  @RequiresStableInput
  @ProcessElement
  public void process(@Element KV<String, Iterable<RowBlock>> rows) {
    RowBatch waiting = waiting();
    for (RowBlock block : rows.getValue()) {
      for (Row row : block) {
        waiting.add(row);
      }
      if (waiting.size() >= MAX_ROWS) {
        commit(waiting);
      }
    }
  }

  @FinishBundle
  public void finish() {
    commit(waiting());
  }

  private void commit(RowBatch waiting) {
    if (waiting.size() > 0) {
      if (table == null) {
        table = new RowTable(target);
      }
      table.commit(waiting);
      waiting.clear();
    }
  }

  private RowBatch waiting() {
    if (batch == null) {
      throw new IllegalStateException("No bundle was started");
    }
    return batch;
  }

  @Teardown
  public void close() {
    if (table != null) {
      table.close();
    }
  }
}
