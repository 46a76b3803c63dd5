package dev.leat.io.lake;

import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;

/** Elements that become Iceberg's records. */
interface RecordRows<T> extends TableRows<T> {
  /**
   * A function from an element to its records. A record may be used again for the next.
   *
   * @param table as it was prepared
   */
  RecordsOf<T> records(Table table);

  @Override
  default ElementWriter<T> writer(
      Table table, Consumer<StagedFile> output, RowSelection selection) {
    StagingWriter writer = new StagingWriter(table, StagingWriter.TARGET_BYTES, output);
    RecordsOf<T> records = records(table);
    return new ElementWriter<>() {
      @Override
      public void add(T element) {
        records.each(
            element,
            record -> {
              if (selects(selection, record)) {
                writer.add(record);
              }
            });
      }

      @Override
      public void finish() {
        writer.finish();
      }

      @Override
      public void abandon() {
        writer.abandon();
      }
    };
  }

  private static boolean selects(RowSelection selection, Record record) {
    if (selection == RowSelection.ALL) {
      return true;
    }
    return record.getField("origin") instanceof String origin
            && record.getField("ingest_partition") instanceof Integer partition
            && record.getField("ingest_offset") instanceof Long offset
        ? selection.takes(origin, partition, offset)
        : selection.takes(null, 0, 0);
  }

  /** From an element to its records. */
  interface RecordsOf<T> {
    void each(T element, Consumer<Record> output);
  }
}
