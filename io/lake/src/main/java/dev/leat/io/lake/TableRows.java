package dev.leat.io.lake;

import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;

/** How elements become the rows of a table. */
interface TableRows<T> extends Serializable {
  LakeTable name();

  /** Loads the table, or makes it or adds the columns that it needs. */
  Table prepare(Warehouse warehouse);

  /**
   * A function from an element to its records. A record may be used again for the next.
   *
   * @param table as it was prepared
   */
  RecordsOf<T> records(Table table);

  /** From an element to its records. */
  interface RecordsOf<T> {
    void each(T element, Consumer<Record> output);
  }
}
