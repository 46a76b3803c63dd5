package dev.leat.io.lake;

import dev.leat.io.spi.ConnectorUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Reads a small table of the lake into memory: to show it, or to compare it. */
public final class LakeRows {
  private LakeRows() {}

  /**
   * All rows of the current version, in no order, each with its values by column in the table's
   * order: timestamps as {@link java.time.OffsetDateTime}, decimals as {@link
   * java.math.BigDecimal}.
   *
   * @throws dev.leat.io.spi.UnreachableException if there is no such table
   */
  public static List<Map<String, @Nullable Object>> read(ConnectorUri uri) {
    uri.allowParameters(Set.of("catalog"));
    try (Warehouse.OpenTable open = Warehouse.openTable(LakeTable.parse(uri))) {
      Table table = open.table();
      List<Map<String, @Nullable Object>> rows = new ArrayList<>();
      try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
        for (Record record : records) {
          Map<String, @Nullable Object> row = new LinkedHashMap<>();
          for (Types.NestedField column : table.schema().columns()) {
            row.put(column.name(), record.getField(column.name()));
          }
          rows.add(row);
        }
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
