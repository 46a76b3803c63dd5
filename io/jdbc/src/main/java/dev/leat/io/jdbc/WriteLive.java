package dev.leat.io.jdbc;

import dev.leat.block.RowBlock;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Writes each bundle of live rows in a transaction, a large one in several: a row that is written
 * again with the bundle's next attempt changes nothing.
 *
 * <p>Stable input: what is written is part of a complete checkpoint. A restart can find an event
 * late that was in time before; a row with it that is in the table already would keep it, since it
 * is of more events, and the late output would have it too.
 */
final class WriteLive extends DoFn<RowBlock, Void> {
  private static final long serialVersionUID = 1L;

  private final Database database;
  private final RowTable table;
  private transient @Nullable LiveBatch batch;
  private transient @Nullable Session session;

  WriteLive(Database database, RowTable table) {
    this.database = database;
    this.table = table;
  }

  @StartBundle
  public void start() {
    batch = new LiveBatch(table);
  }

  @RequiresStableInput
  @ProcessElement
  public void process(@Element RowBlock block) {
    for (Row row : block) {
      LiveBatch open = batch == null ? new LiveBatch(table) : batch;
      open.add(row);
      batch = open;
      if (open.isFull()) {
        write(open);
      }
    }
  }

  @FinishBundle
  public void finish() {
    if (batch != null && !batch.isEmpty()) {
      write(batch);
    }
  }

  private void write(LiveBatch full) {
    if (session == null) {
      session = new Session(database, table, Session.PATIENCE);
    }
    session.retried(new WriteRows(table, full.sorted()));
    batch = null;
  }

  @Teardown
  public void close() {
    if (session != null) {
      session.close();
    }
  }
}
