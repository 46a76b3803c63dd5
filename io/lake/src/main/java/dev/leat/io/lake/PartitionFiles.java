package dev.leat.io.lake;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Writes one partition after another to staged files: the elements of each to one, or to a few if
 * they are many. One file is open at a time.
 */
final class PartitionFiles<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TableRows<T> rows;
  private transient @Nullable Warehouse warehouse;
  private transient @Nullable Table table;

  PartitionFiles(TableRows<T> rows) {
    this.rows = rows;
  }

  void write(Iterator<? extends T> partition, Consumer<StagedFile> output) {
    ElementWriter<T> writer = rows.writer(prepared(), output, RowSelection.ALL);
    boolean finished = false;
    try {
      while (partition.hasNext()) {
        writer.add(partition.next());
      }
      writer.finish();
      finished = true;
    } finally {
      if (!finished) {
        writer.abandon();
      }
    }
  }

  /** With the first partition: a worker that gets none need not open the catalog. */
  private Table prepared() {
    if (table == null) {
      warehouse = Warehouse.open(rows.name());
      table = rows.prepare(warehouse);
    }
    return table;
  }

  void close() {
    if (warehouse != null) {
      warehouse.close();
    }
  }
}
