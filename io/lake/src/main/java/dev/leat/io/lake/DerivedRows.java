package dev.leat.io.lake;

import dev.leat.block.RowBlock;
import dev.leat.io.spi.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** Result rows as rows of a derived table, which follows their schema as far as it can. */
record DerivedRows(LakeTable name, Schema rows, RowPartition partition)
    implements RecordRows<RowBlock> {
  private static final long serialVersionUID = 1L;
  private static final int ATTEMPTS = 20;

  /**
   * @throws UsageException naming every column that cannot be stored
   */
  org.apache.iceberg.Schema columns() {
    List<String> problems = new ArrayList<>();
    org.apache.iceberg.Schema columns = RowColumns.of(rows, problems);
    refuse(problems);
    return columns;
  }

  /**
   * @throws UsageException naming every column that has another type in the table, or that rows
   *     must have and lack
   */
  void check(Table table) {
    List<String> problems = new ArrayList<>();
    org.apache.iceberg.Schema columns = columns();
    for (Types.NestedField column : columns.columns()) {
      Types.NestedField existing = table.schema().findField(column.name());
      if (existing != null && !sameType(column, existing)) {
        problems.add(
            "column '"
                + column.name()
                + "': the table has "
                + existing.type()
                + ", the rows have "
                + column.type());
      }
    }
    for (Types.NestedField existing : table.schema().columns()) {
      if (existing.isRequired() && columns.findField(existing.name()) == null) {
        problems.add("column '" + existing.name() + "': the table needs it, the rows lack it");
      }
    }
    Optional<RowPartition> actual = RowPartition.of(table.spec());
    if (!actual.equals(Optional.of(partition))) {
      problems.add(
          "partition: the table is partitioned by "
              + actual
                  .map(RowPartition::parameter)
                  .orElseGet(
                      () ->
                          table.spec().fields().stream()
                              .map(PartitionField::name)
                              .collect(Collectors.joining(",")))
              + ", got "
              + partition.parameter());
    }
    refuse(problems);
  }

  private void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new UsageException(problems.stream().map(problem -> name + ": " + problem).toList());
    }
  }

  /** Ids of nested elements differ between two schemas and say nothing. */
  private static boolean sameType(Types.NestedField a, Types.NestedField b) {
    return shape(a).equals(shape(b));
  }

  private static org.apache.iceberg.types.Type shape(Types.NestedField field) {
    return TypeUtil.assignIncreasingFreshIds(
            new org.apache.iceberg.Schema(Types.NestedField.optional(1, "c", field.type())))
        .findType("c");
  }

  @Override
  public Table prepare(Warehouse warehouse) {
    org.apache.iceberg.Schema columns = columns();
    Table table =
        warehouse.findOrCreate(
            name, new TableDefinition(columns, partition.spec(columns), Map.of()));
    for (int attempt = 1; ; attempt++) {
      check(table);
      UpdateSchema update = table.updateSchema();
      if (!follow(table, columns, update)) {
        return table;
      }
      try {
        update.commit();
        return table;
      } catch (CommitFailedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        // Another worker or run was faster, perhaps with the same change.
        table.refresh();
      }
    }
  }

  /** Adds what the table lacks; returns whether there was anything. */
  private static boolean follow(
      Table table, org.apache.iceberg.Schema columns, UpdateSchema update) {
    boolean changed = false;
    for (Types.NestedField column : columns.columns()) {
      Types.NestedField existing = table.schema().findField(column.name());
      if (existing == null) {
        // Optional even where the rows always have it: the rows before do not.
        update.addColumn(null, column.name(), column.type());
        changed = true;
      } else if (existing.isRequired() && column.isOptional()) {
        update.makeColumnOptional(column.name());
        changed = true;
      }
    }
    return changed;
  }

  @Override
  public RecordsOf<RowBlock> records(Table table) {
    GenericRecord record = GenericRecord.create(table.schema());
    return (block, output) -> {
      for (Row row : block) {
        output.accept(fill(record, row));
      }
    };
  }

  /** A row that is kept; what follows its columns, as a revision, is left out. */
  Record record(Table table, Row row) {
    return fill(GenericRecord.create(table.schema()), row);
  }

  private Record fill(Record record, Row row) {
    for (int i = 0; i < rows.getFieldCount(); i++) {
      FieldType type = rows.getField(i).getType();
      record.setField(
          rows.getField(i).getName(), RowColumns.valueOf(type, (Object) row.getValue(i)));
    }
    return record;
  }
}
