package dev.leat.io.lake;

import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.iceberg.Table;

/** How elements become the rows of a table. */
interface TableRows<T> extends Serializable {
  LakeTable name();

  /** Loads the table, or makes it or adds the columns that it needs. */
  Table prepare(Warehouse warehouse);

  /**
   * Writes the rows of elements of one partition.
   *
   * @param table as it was prepared
   * @param selection which rows are written
   */
  ElementWriter<T> writer(Table table, Consumer<StagedFile> output, RowSelection selection);
}
